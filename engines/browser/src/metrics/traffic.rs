//! Sums over the waterfall.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::domain::domain;
use crate::record::Omitted;
use crate::waterfall::Request;

/// How many third parties are listed; all are counted.
const PARTIES: usize = 100;

/// What a page transfers. Only requests that went to the network count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traffic {
    /// Requests, those past the waterfall's limit included.
    pub requests: u64,
    /// Bytes of the responses as transferred, heads included.
    pub transfer_bytes: u64,
    /// Requests to third parties.
    pub third_party_requests: u64,
    /// Bytes of their responses.
    pub third_party_bytes: u64,
    /// By what the browser wanted it for, in the order of the alphabet.
    pub by_type: Vec<TypeTotal>,
    /// The third parties, most bytes first.
    pub third_parties: Vec<PartyTotal>,
    /// Requests past the waterfall's limit, of which only the number and the bytes are known.
    pub omitted_requests: u64,
}

/// All requests of a resource type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeTotal {
    /// The type, as in [`Request::resource_type`].
    pub resource_type: String,
    /// Requests.
    pub requests: u64,
    /// Bytes as transferred.
    pub transfer_bytes: u64,
}

/// All requests to a third party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartyTotal {
    /// The registrable domain, or the host where there is none.
    pub domain: String,
    /// Requests.
    pub requests: u64,
    /// Bytes as transferred.
    pub transfer_bytes: u64,
}

/// Requests and bytes.
type Total = (u64, u64);

pub(crate) fn traffic(requests: &[Request], omitted: Omitted) -> Traffic {
    let network: Vec<&Request> = requests.iter().filter(|request| request.is_network()).collect();
    let strangers: Vec<&&Request> = network.iter().filter(|request| request.third_party).collect();
    let all = sum(network.iter().copied());
    let third = sum(strangers.iter().map(|request| **request));
    let by_type = totals(network.iter().map(|request| (request.resource_type.clone(), *request)));
    let parties = totals(strangers.iter().map(|request| (party(&request.url), **request)));
    let mut third_parties: Vec<PartyTotal> = parties
        .into_iter()
        .map(|(domain, (requests, transfer_bytes))| PartyTotal { domain, requests, transfer_bytes })
        .collect();
    third_parties.sort_by_key(|party| std::cmp::Reverse(party.transfer_bytes));
    third_parties.truncate(PARTIES);
    Traffic {
        requests: all.0 + omitted.requests,
        transfer_bytes: all.1 + omitted.bytes,
        third_party_requests: third.0,
        third_party_bytes: third.1,
        by_type: by_type
            .into_iter()
            .map(|(resource_type, (requests, transfer_bytes))| TypeTotal { resource_type, requests, transfer_bytes })
            .collect(),
        third_parties,
        omitted_requests: omitted.requests,
    }
}

fn sum<'a>(requests: impl Iterator<Item = &'a Request>) -> Total {
    requests.fold((0, 0), |(count, bytes), request| (count + 1, bytes + request.transfer_bytes))
}

fn totals<'a>(requests: impl Iterator<Item = (String, &'a Request)>) -> BTreeMap<String, Total> {
    let mut totals = BTreeMap::<String, Total>::new();
    for (key, request) in requests {
        let total = totals.entry(key).or_default();
        *total = (total.0 + 1, total.1 + request.transfer_bytes);
    }
    totals
}

fn party(url: &str) -> String {
    Url::parse(url).ok().and_then(|url| Some(domain(url.host_str()?).to_owned())).unwrap_or_default()
}
