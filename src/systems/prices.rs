//! What an environment costs to run, by its owner's word.

use crate::{Error, Result, error::Faults, text};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Most instances.
const MAX_INSTANCES: f64 = 100_000.0;
/// The highest price, in US dollars.
const MAX_PRICE: f64 = 1_000_000.0;
/// Longest source of a price, in characters.
const MAX_SOURCE: usize = 300;

/// What an environment costs, in US dollars. At least one price is above nothing, and each has a source.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PriceModel {
    /// How many instances serve the environment.
    #[serde(default)]
    pub instances: f64,
    /// An hour of one instance.
    #[serde(default)]
    pub instance_hour: Price,
    /// A million requests.
    #[serde(default)]
    pub million_requests: Price,
    /// A gigabyte (10⁹ bytes) sent to users.
    #[serde(default)]
    pub gigabyte: Price,
}

/// A price and where it comes from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// US dollars; 0 for nothing.
    #[serde(default)]
    pub usd: f64,
    /// The list, contract or bill that says so.
    #[serde(default)]
    pub source: String,
}

/// A price model as it was kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct KeptPrices {
    /// The prices.
    pub prices: PriceModel,
    /// Who set them.
    pub created_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
}

impl PriceModel {
    /// Checks the prices.
    ///
    /// # Errors
    /// Invalid, naming each field and what is allowed.
    pub fn parse(mut self) -> Result<Self> {
        let mut faults = Faults::default();
        if !(0.0..=MAX_INSTANCES).contains(&self.instances) {
            faults.add("/instances", format!("Instances must be 0 to {MAX_INSTANCES}; you sent {}.", self.instances));
        }
        let (mut any, instances) = (false, self.instances);
        let prices = [
            ("instance_hour", &mut self.instance_hour),
            ("million_requests", &mut self.million_requests),
            ("gigabyte", &mut self.gigabyte),
        ];
        for (field, price) in prices {
            if !(0.0..=MAX_PRICE).contains(&price.usd) {
                let allowed = format!("A price must be 0 to {MAX_PRICE} US dollars; you sent {}.", price.usd);
                faults.add(format!("/{field}/usd"), allowed);
            } else if price.usd > 0.0 {
                any = true;
                let source = text::line(&format!("/{field}/source"), "Source of the price", &price.source, MAX_SOURCE);
                price.source = faults.keep(source).unwrap_or_default();
            } else {
                price.source.clear();
            }
        }
        if self.instance_hour.usd > 0.0 && instances == 0.0 {
            faults.add("/instances", "An hour of an instance has a price, so say how many instances there are.");
        }
        faults.finish()?;
        if any { Ok(self) } else { Err(Error::invalid("/instance_hour/usd", "Name at least one price above 0.")) }
    }

    /// What a million requests cost in US dollars: the share of the instances' hour that they take at `capacity_rps`
    /// requests a second, the price of the requests, and that of what is sent, `bytes_per_request` each.
    pub fn per_million(&self, capacity_rps: f64, bytes_per_request: f64) -> CostParts {
        let hours = 1e6 / capacity_rps / 3_600.0;
        CostParts {
            instances: self.instances * self.instance_hour.usd * hours,
            requests: self.million_requests.usd,
            traffic: self.gigabyte.usd * bytes_per_request * 1e6 / 1e9,
        }
    }

    /// Whether the price of an hour matters.
    pub fn needs_capacity(&self) -> bool {
        self.instances > 0.0 && self.instance_hour.usd > 0.0
    }
}

/// What a million requests cost by what they cost it for, in US dollars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct CostParts {
    /// Their share of the instances' hours.
    pub instances: f64,
    /// The requests.
    pub requests: f64,
    /// What is sent to users.
    pub traffic: f64,
}

impl CostParts {
    /// All of it.
    pub fn total(&self) -> f64 {
        self.instances + self.requests + self.traffic
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(usd: f64) -> Price {
        Price { usd, source: "the bill of May".to_owned() }
    }

    fn model() -> PriceModel {
        PriceModel { instances: 2.0, instance_hour: price(0.36), million_requests: price(0.2), gigabyte: price(0.05) }
    }

    #[test]
    fn a_million_requests_cost_their_share_of_hours_requests_and_traffic() {
        // 1,000 requests a second: a million take 1,000 s = 1/3.6 h of two instances; 20 kB each are 20 GB.
        let parts = model().per_million(1_000.0, 20_000.0);
        assert!((parts.instances - 0.2).abs() < 1e-12, "{parts:?}");
        assert_eq!((parts.requests, parts.traffic), (0.2, 1.0));
        assert!((parts.total() - 1.4).abs() < 1e-12);
    }

    #[test]
    fn a_price_has_a_source_and_an_hour_has_instances() {
        let faults = |change: &dyn Fn(&mut PriceModel)| -> Vec<String> {
            let mut prices = model();
            change(&mut prices);
            let error = prices.parse().err();
            error.map(|error| error.fields().iter().map(|fault| fault.pointer.clone()).collect()).unwrap_or_default()
        };
        assert_eq!(faults(&|_| {}), [""; 0]);
        assert_eq!(faults(&|it| it.gigabyte.source = "  ".to_owned()), ["/gigabyte/source"]);
        assert_eq!(faults(&|it| it.gigabyte.source = "x".repeat(301)), ["/gigabyte/source"]);
        assert_eq!(faults(&|it| it.million_requests.usd = -1.0), ["/million_requests/usd"]);
        assert_eq!(faults(&|it| it.million_requests.usd = f64::NAN), ["/million_requests/usd"]);
        assert_eq!(faults(&|it| it.instances = 0.0), ["/instances"]);
        assert_eq!(faults(&|it| *it = PriceModel::default()), ["/instance_hour/usd"]);
        let free_hours = PriceModel { instances: 0.0, instance_hour: Price::default(), ..model() };
        assert!(!free_hours.parse().unwrap().needs_capacity());
    }
}
