//! A benchmark that is under way: an island. The facts stand in the page as they were when it was loaded; once it is
//! live, the server's events keep them current.

use super::{
    calls::CancelRun,
    course::{Course, Point, seconds},
    run::Asked,
    view::{Pulse, RunView},
};
use crate::{
    ui::{
        Answer, Button, ButtonKind, Dialog, LinkButton, LiveProgress, Meaning, Notice, Panel, Phases, Section, Symbol,
        format,
    },
    urls,
};
use hub::{
    ids::BenchmarkId,
    lab::{BenchmarkRequest, BenchmarkState},
};
use leptos::{prelude::*, server_fn::ServerFn as _};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, EventSource, MessageEvent};

/// The drawing's width and height, in its own units.
const CHART: (f64, f64) = (600.0, 120.0);

/// What a live page follows.
#[derive(Clone, Copy)]
struct Live {
    course: RwSignal<Course>,
    /// The events arrive.
    connected: RwSignal<bool>,
}

/// A benchmark that is under way.
#[component]
pub(super) fn LiveRun(view: RunView) -> impl IntoView {
    let label = format!("Benchmark of {} {}", view.subject.name, view.run.version);
    let asked = format!("By {}, {}", view.run.created_by, view.asked.words);
    let (id, course, request) = (view.run.id, Course::of(&view.run), view.run.request.clone());
    view! {
        <Underway id course request label may_load=view.subject.may_load may_cancel=view.may_run/>
        <Section title="What was asked" hint=asked>
            <Asked request=view.run.request.clone() turns=view.turns.clone()/>
        </Section>
    }
    .into_any()
}

/// What changes while it runs. When it is over, the page is loaded again with its results.
#[island]
fn Underway(
    id: BenchmarkId,
    course: Course,
    request: BenchmarkRequest,
    label: String,
    may_load: bool,
    may_cancel: bool,
) -> impl IntoView {
    let live = Live { course: RwSignal::new(course), connected: RwSignal::new(true) };
    Effect::new(move |_| follow(id, live));
    let course = live.course;
    let phases = Signal::derive(move || course.with(|course| course.phases(&request, may_load)));
    let facts = Signal::derive(move || course.with(Course::facts));
    let href = urls::run(id);
    let cancel = may_cancel.then(|| view! { <Cancel id course/> });
    view! {
        <StateAnswer course may_load/>
        <div class="lab-reload cluster">
            <p class="section-hint">"This is how far it was when the page was loaded."</p>
            <LinkButton href small=true>"Reload"</LinkButton>
        </div>
        <Lost connected=live.connected/>
        <Panel><LiveProgress label facts/>{cancel}</Panel>
        <div class="columns">
            <Panel title="Phases"><Phases phases/></Panel>
            <Panel title="Log"><Log course/></Panel>
        </div>
        {may_load.then(|| view! { <Charts course/> })}
    }
    .into_any()
}

/// Listens until the benchmark is over or the page is left.
fn follow(id: BenchmarkId, live: Live) {
    // Without events the page stays as it is and offers the reload.
    let Ok(source) = EventSource::new(&urls::run_events(id)) else {
        live.connected.set(false);
        return;
    };
    let progress = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        live.connected.set(true);
        let pulse = event.data().as_string().and_then(|text| serde_json::from_str::<Pulse>(&text).ok());
        if let Some(pulse) = pulse {
            live.course.update(|course| course.note(pulse));
        }
    });
    let closing = source.clone();
    let done = Closure::<dyn Fn(MessageEvent)>::new(move |_| {
        closing.close();
        // The page is there already; loading it once more cannot be refused.
        drop(window().location().reload());
    });
    let lost = Closure::<dyn Fn(Event)>::new(move |_| live.connected.set(false));
    let listeners = [("progress", progress.as_ref()), ("done", done.as_ref()), ("error", lost.as_ref())];
    for (event, listener) in listeners {
        // Adding a listener only fails for names that are no events.
        drop(source.add_event_listener_with_callback(event, listener.unchecked_ref()));
    }
    // They listen for as long as the page is there.
    progress.forget();
    done.forget();
    lost.forget();
}

#[component]
fn StateAnswer(course: RwSignal<Course>, may_load: bool) -> impl IntoView {
    let words = move || match course.with(|course| (course.cancel_requested, course.state)) {
        (true, _) => "It was asked to end, and ends within a second or so.",
        (_, BenchmarkState::Queued) => "Queued: it waits for a worker, or for another benchmark's load to end.",
        _ if may_load => "It is being measured. You can leave this page; nothing is lost.",
        _ => "Passive probes look at it, at most once a second: its ownership is not verified, so no load is sent.",
    };
    move || view! { <Answer meaning=Meaning::Running words=words()/> }
}

#[component]
fn Lost(connected: RwSignal<bool>) -> impl IntoView {
    move || {
        (!connected.get()).then(|| {
            view! {
                <Notice meaning=Meaning::Warn title="The live view has lost the hub" live=true>
                    <p>"The browser tries again by itself. The benchmark goes on without this page."</p>
                </Notice>
            }
        })
    }
}

#[component]
fn Cancel(id: BenchmarkId, course: RwSignal<Course>) -> impl IntoView {
    let disabled = Signal::derive(move || course.with(|course| course.cancel_requested));
    view! {
        <div class="actions"><Dialog id="cancel-run" title="Cancel this benchmark?" open="Cancel" icon=Symbol::Stop>
            <form method="post" action=CancelRun::url() class="stack">
                <p>"The load stops. What was measured so far is not kept, and nothing is scored; you can run it again at any time."</p>
                <input type="hidden" name="id" value=id.to_string()/>
                <div class="actions"><Button kind=ButtonKind::Danger disabled>"Cancel the benchmark"</Button></div>
            </form>
        </Dialog></div>
    }
    .into_any()
}

#[component]
fn Log(course: RwSignal<Course>) -> impl IntoView {
    let line = |(age, words): (String, String)| {
        view! { <li class="lab-log-line"><span>{words}</span><span class="lab-log-age">{age}</span></li> }
    };
    let lines = move || course.with(|course| course.log.iter().cloned().map(line).collect_view());
    view! {
        <div role="log" aria-label="What has happened, with the age of the load"><ol class="lab-log">{lines}</ol></div>
    }
    .into_any()
}

#[component]
fn Charts(course: RwSignal<Course>) -> impl IntoView {
    let values = move |of: fn(&Point) -> Option<f64>| {
        Signal::derive(move || {
            course.with(|course| {
                course.points.iter().filter_map(|point| Some((point.at_s, of(point)?))).collect::<Vec<_>>()
            })
        })
    };
    view! {
        <div class="columns">
            <LiveChart title="Rate" unit="requests/s" points=values(|point| Some(point.rate_rps))/>
            <LiveChart title="p95 so far" unit="ms" points=values(|point| point.p95_ms)/>
        </div>
    }
    .into_any()
}

/// A line that grows. Its words stand around the drawing, so that they keep their size.
#[component]
fn LiveChart(title: &'static str, unit: &'static str, points: Signal<Vec<(f64, f64)>>) -> impl IntoView {
    let highest = move || points.with(|points| points.iter().map(|point| point.1).fold(0.0, f64::max));
    let words = move || match points.with(|points| points.last().copied()) {
        Some((at, value)) => {
            let (value, highest) = (format::significant(value), format::significant(highest()));
            format!("{title}: {value} {unit} after {}, at most {highest} {unit}", seconds(at))
        }
        None => format!("{title}: no load yet"),
    };
    let line = move || points.with(|points| line(points, highest()));
    let end = move || points.with(|points| points.last().map(|point| seconds(point.0)).unwrap_or_default());
    let view_box = format!("0 0 {} {}", CHART.0, CHART.1);
    view! {
        <div class="panel lab-live">
            <h3>{title}" "<span class="unit">{unit}</span></h3>
            <div class="lab-live-plot">
                <span class="lab-live-top">{move || format::significant(highest())}</span>
                <svg viewBox=view_box preserveAspectRatio="none" role="img" aria-label=words>
                    <polyline class="lab-live-line" points=line></polyline>
                </svg>
                <span class="lab-live-end">{end}</span>
            </div>
        </div>
    }
    .into_any()
}

/// The points of the line in the drawing's units: time to the right, from 0 to `highest` upwards.
fn line(points: &[(f64, f64)], highest: f64) -> String {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return String::new() };
    let span = (last.0 - first.0).max(f64::MIN_POSITIVE);
    let scale = if highest > 0.0 { highest } else { 1.0 };
    let place = |(at, value): &(f64, f64)| {
        let x = (at - first.0) / span * CHART.0;
        let y = CHART.1 - value / scale * (CHART.1 - 4.0) - 2.0;
        format!("{x:.1},{y:.1}")
    };
    points.iter().map(place).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_spans_the_drawing() {
        assert_eq!(line(&[(1.0, 0.0), (2.0, 5.0), (3.0, 10.0)], 10.0), "0.0,118.0 300.0,60.0 600.0,2.0");
        assert_eq!(line(&[], 0.0), "");
        assert_eq!(line(&[(1.0, 0.0)], 0.0), "0.0,118.0");
    }
}
