//! Logs, and traces for those who collect them.

use crate::{config::Config, state::StartError};
use hub::wire::TracePlace;
use opentelemetry::{
    Context,
    trace::{SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState, TracerProvider as _},
};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};
use std::io::IsTerminal as _;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::{
    Layer as _, Registry, filter::Targets, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

/// What has to be flushed at the end.
pub struct Telemetry {
    exporter: Option<SdkTracerProvider>,
}

impl Telemetry {
    /// Sets up logs on standard output, JSON in production, and the export of traces where the configuration asks for it.
    ///
    /// # Errors
    /// When the exporter does not accept its endpoint. That nobody listens there is no error: it may come up later.
    pub fn start(config: &Config) -> Result<Self, StartError> {
        let exporter = config.otlp_endpoint.as_ref().map(|endpoint| exporter(endpoint.as_str())).transpose()?;
        let traces =
            exporter.as_ref().map(|provider| tracing_opentelemetry::layer().with_tracer(provider.tracer("sbh")));
        let lines = tracing_subscriber::fmt::layer().with_ansi(std::io::stdout().is_terminal());
        let lines = if config.is_development() {
            lines.compact().boxed()
        } else {
            lines.json().flatten_event(true).with_current_span(true).with_span_list(false).boxed()
        };
        // The layers of dependencies tell their own story below the level of warnings.
        let filter =
            Targets::new().with_default(config.log_level.min(tracing::level_filters::LevelFilter::WARN)).with_targets(
                ["server", "hub", "hub_app", "sbh_egress", "sbh_load", "sbh_probes", "sbh_journey"]
                    .map(|target| (target, config.log_level)),
            );
        // A second start in one process, as in tests, keeps the first one's subscriber.
        drop(Registry::default().with(lines.with_filter(filter.clone())).with(traces.with_filter(filter)).try_init());
        Ok(Self { exporter })
    }

    /// Sends what has not been sent.
    pub fn flush(self) {
        if let Some(Err(error)) = self.exporter.map(|exporter| exporter.shutdown()) {
            tracing::warn!(%error, "the last traces could not be exported");
        }
    }
}

fn exporter(endpoint: &str) -> Result<SdkTracerProvider, StartError> {
    let exporter = SpanExporter::builder().with_tonic().with_endpoint(endpoint).build();
    let exporter = exporter.map_err(|error| StartError::Tracing(error.to_string()))?;
    let resource = Resource::builder().with_service_name("sbh").build();
    Ok(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
}

/// Puts a span below its remote parent and gives its place in the trace; nothing when no traces are exported.
pub fn place(span: &Span, parent: Option<TracePlace>) -> Option<TracePlace> {
    if let Some(parent) = parent {
        // Without an exporter there is nothing to put it into.
        drop(span.set_parent(Context::new().with_remote_span_context(remote(parent))));
    }
    let context = span.context();
    let own = context.span().span_context().clone();
    let placed = own.is_valid() && parent.is_none_or(|parent| parent.span_id != own.span_id().to_bytes());
    placed.then(|| TracePlace {
        trace_id: own.trace_id().to_bytes(),
        span_id: own.span_id().to_bytes(),
        flags: own.trace_flags().to_u8(),
    })
}

fn remote(place: TracePlace) -> SpanContext {
    SpanContext::new(
        TraceId::from_bytes(place.trace_id),
        SpanId::from_bytes(place.span_id),
        TraceFlags::new(place.flags),
        true,
        TraceState::default(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing::{info_span, subscriber::with_default};

    fn parent() -> TracePlace {
        TracePlace { trace_id: [7; 16], span_id: [9; 8], flags: 1 }
    }

    #[test]
    fn a_recorded_span_stands_below_its_remote_parent() {
        let provider = SdkTracerProvider::builder().build();
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
        let placed = with_default(Registry::default().with(layer), || place(&info_span!("request"), Some(parent())));
        let placed = placed.unwrap();
        assert_eq!((placed.trace_id, placed.flags), ([7; 16], 1));
        assert_ne!(placed.span_id, [9; 8]);
    }

    #[test]
    fn without_an_export_a_span_has_no_place() {
        let placed = with_default(Registry::default(), || place(&info_span!("request"), Some(parent())));
        assert_eq!(placed, None);
    }
}
