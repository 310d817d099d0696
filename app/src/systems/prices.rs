//! What an environment costs: the prices that its owner names.

use super::{
    calls::{RemovePrices, SetPrices},
    view::EnvironmentView,
};
use crate::{
    moment::When,
    reading::refusal,
    ui::{Button, ButtonKind, Field, FieldKind, FormErrors, KeyValue, KeyValues, NotMeasured, Section, format},
};
use hub::systems::{Price, PriceModel};
#[cfg(any(feature = "ssr", test))]
use hub::{
    Error, Result,
    error::{Faults, FieldError},
};
use leptos::{prelude::*, server_fn::ServerFn as _};
use serde::{Deserialize, Serialize};

/// The form as it was typed. Numbers are text, so that a wrong one gets a message beside its field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PricesForm {
    /// How many instances there are.
    pub instances: String,
    /// An hour of one, in US dollars.
    pub hour: String,
    /// Where that price comes from.
    pub hour_source: String,
    /// A million requests.
    pub requests: String,
    /// Where that price comes from.
    pub requests_source: String,
    /// A gigabyte sent to users.
    pub gigabyte: String,
    /// Where that price comes from.
    pub gigabyte_source: String,
}

impl PricesForm {
    fn of(prices: &PriceModel) -> Self {
        let amount = |usd: f64| if usd > 0.0 { usd.to_string() } else { String::new() };
        Self {
            instances: amount(prices.instances),
            hour: amount(prices.instance_hour.usd),
            hour_source: prices.instance_hour.source.clone(),
            requests: amount(prices.million_requests.usd),
            requests_source: prices.million_requests.source.clone(),
            gigabyte: amount(prices.gigabyte.usd),
            gigabyte_source: prices.gigabyte.source.clone(),
        }
    }
}

#[cfg(any(feature = "ssr", test))]
impl PricesForm {
    /// The prices that were typed.
    ///
    /// # Errors
    /// Invalid, by the names of the form's fields.
    pub fn parse(&self) -> Result<PriceModel> {
        let mut faults = Faults::default();
        let mut number = |pointer: &str, text: &str| {
            let text = text.trim();
            let value = text.parse().ok().filter(|value: &f64| value.is_finite());
            if value.is_none() && !text.is_empty() {
                faults.add(pointer, "It must be a number, such as 2 or 0.096.");
            }
            value.unwrap_or_default()
        };
        let price = |usd, source: &str| Price { usd, source: source.to_owned() };
        let prices = PriceModel {
            instances: number("/instances", &self.instances),
            instance_hour: price(number("/hour", &self.hour), &self.hour_source),
            million_requests: price(number("/requests", &self.requests), &self.requests_source),
            gigabyte: price(number("/gigabyte", &self.gigabyte), &self.gigabyte_source),
        };
        faults.finish()?;
        prices.parse().map_err(|error| by_field(&error))
    }
}

/// The core's refusal by the names of the form's fields.
#[cfg(any(feature = "ssr", test))]
fn by_field(error: &Error) -> Error {
    let place = |fault: &FieldError| {
        let field = match fault.pointer.as_str() {
            "/instance_hour/usd" => "/hour",
            "/instance_hour/source" => "/hour_source",
            "/million_requests/usd" => "/requests",
            "/million_requests/source" => "/requests_source",
            "/gigabyte/usd" => "/gigabyte",
            "/gigabyte/source" => "/gigabyte_source",
            other => other,
        };
        FieldError { pointer: field.to_owned(), message: fault.message.clone() }
    };
    Error::invalid_fields(error.fields().iter().map(place).collect())
}

/// The prices of an environment, and the form that sets them.
#[component]
pub(super) fn Prices(view: EnvironmentView) -> impl IntoView {
    let problem = refusal::<SetPrices>();
    let wrong = problem.is_some();
    let now = match &view.prices {
        Some(kept) => {
            let (by, at) = (format!("{}, ", kept.by), kept.at.clone());
            let lines = told(&kept.prices).into_iter();
            let lines = lines.map(|(name, value)| view! { <KeyValue name>{value}</KeyValue> }.into_any());
            let lines: Vec<_> = lines.collect();
            view! { <KeyValues>{lines}<KeyValue name="Set by">{by}<When moment=at/></KeyValue></KeyValues> }.into_any()
        }
        None => view! { <NotMeasured reason="No prices are set, so no scorecard of this environment tells a cost."/> }
            .into_any(),
    };
    let (words, form) = match &view.prices {
        Some(kept) => ("Change the prices", PricesForm::of(&kept.prices)),
        None => ("Set prices", PricesForm::default()),
    };
    let id = view.environment.id;
    let remove = view.prices.is_some().then(|| {
        view! {
            <form method="post" action=RemovePrices::url()>
                <input type="hidden" name="id" value=id.to_string()/>
                <Button kind=ButtonKind::Quiet>"Remove the prices"</Button>
            </form>
        }
    });
    let change = view.may_check.then(|| {
        view! {
            <details class="disclosure" open=wrong>
                <summary>{words}</summary>
                <div class="stack">
                    <form method="post" action=SetPrices::url() class="form">
                        <FormErrors problem argument="request" id="prices">
                            <input type="hidden" name="id" value=id.to_string()/>
                            <PriceFields form/>
                            <div class="actions"><Button kind=ButtonKind::Primary>"Save"</Button></div>
                        </FormErrors>
                    </form>
                    {remove}
                </div>
            </details>
        }
    });
    view! {
        <Section title="Prices" hint="What this environment costs to run. With the capacity that a benchmark measures they give the cost of a million requests.">
            <div class="stack">{now}{change}</div>
        </Section>
    }
    .into_any()
}

#[component]
fn PriceFields(form: PricesForm) -> impl IntoView {
    const SOURCE: &str = "The list, contract or bill, such as: AWS price list, m7i.large, eu-central-1, May 2026";
    view! {
        <p class="section-hint">"In US dollars; convert other currencies, and name the rate in the source. What costs nothing stays empty."</p>
        <Field label="Instances" name="request[instances]" kind=FieldKind::Number step="any" value=form.instances quiet=true
            hint="How many serve this environment"/>
        <div class="field-row">
            <Field label="Hour of an instance" name="request[hour]" kind=FieldKind::Number step="any" unit="USD" value=form.hour quiet=true/>
            <Field label="Source of the hour's price" name="request[hour_source]" value=form.hour_source quiet=true max_length=300 hint=SOURCE/>
        </div>
        <div class="field-row">
            <Field label="Million requests" name="request[requests]" kind=FieldKind::Number step="any" unit="USD" value=form.requests quiet=true/>
            <Field label="Source of the requests' price" name="request[requests_source]" value=form.requests_source quiet=true max_length=300/>
        </div>
        <div class="field-row">
            <Field label="Gigabyte sent" name="request[gigabyte]" kind=FieldKind::Number step="any" unit="USD" value=form.gigabyte quiet=true/>
            <Field label="Source of the gigabyte's price" name="request[gigabyte_source]" value=form.gigabyte_source quiet=true max_length=300/>
        </div>
    }
    .into_any()
}

/// The prices in words, with their sources.
pub(crate) fn told(prices: &PriceModel) -> Vec<(&'static str, String)> {
    let line = |name: &'static str, price: &Price, before: &str| {
        let amount = || format!("{before}{} USD ({})", price.usd, price.source);
        (price.usd > 0.0).then(|| (name, amount()))
    };
    let instances = format!("{} × ", format::significant(prices.instances));
    [
        line("Hour of the instances", &prices.instance_hour, &instances),
        line("Million requests", &prices.million_requests, ""),
        line("Gigabyte sent", &prices.gigabyte, ""),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> PricesForm {
        PricesForm {
            instances: "2".to_owned(),
            hour: "0.096".to_owned(),
            hour_source: "the list".to_owned(),
            ..PricesForm::default()
        }
    }

    #[test]
    fn the_form_of_prices_gives_them_again() {
        let prices = form().parse().unwrap();
        assert_eq!((prices.instances, prices.instance_hour.usd), (2.0, 0.096));
        assert_eq!(PricesForm::of(&prices).parse().unwrap(), prices);
        assert_eq!(told(&prices), [("Hour of the instances", "2 × 0.096 USD (the list)".to_owned())]);
    }

    #[test]
    fn refusals_stand_beside_the_fields_of_the_form() {
        let fields = |form: PricesForm| -> Vec<String> {
            form.parse().unwrap_err().fields().iter().map(|fault| fault.pointer.clone()).collect()
        };
        assert_eq!(fields(PricesForm { hour: "cheap".to_owned(), ..form() }), ["/hour"]);
        assert_eq!(fields(PricesForm { hour_source: String::new(), ..form() }), ["/hour_source"]);
        assert_eq!(fields(PricesForm { instances: String::new(), ..form() }), ["/instances"]);
        assert_eq!(fields(PricesForm { requests: "-1".to_owned(), ..form() }), ["/requests"]);
        assert_eq!(fields(PricesForm::default()), ["/hour"]);
    }
}
