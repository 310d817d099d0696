//! Trackers that are known by their hosts: those of the widest reach in the HTTP Archive's Web Almanac, chapters on privacy and third parties, and
//! in whotracks.me, as their makers document the hosts that a page asks. A short list on purpose: what stands on it is beyond dispute.

use super::Purpose;

/// A tracker and the host under which it is asked, subdomains included.
pub(super) struct Known {
    pub(super) domain: &'static str,
    pub(super) owner: &'static str,
    pub(super) purpose: Purpose,
}

macro_rules! known {
    ($($domain:literal $owner:literal $purpose:ident;)*) => {
        &[$(Known { domain: $domain, owner: $owner, purpose: Purpose::$purpose }),*]
    };
}

/// In the order of the alphabet.
pub(super) const KNOWN: &[Known] = known! {
    "2mdn.net" "Google" Advertising;
    "3lift.com" "TripleLift" Advertising;
    "ad.gt" "Audigent" Advertising;
    "adform.net" "Adform" Advertising;
    "adnxs.com" "Xandr" Advertising;
    "adroll.com" "AdRoll" Advertising;
    "ads-twitter.com" "X" Advertising;
    "adsrvr.org" "The Trade Desk" Advertising;
    "agkn.com" "Neustar" Advertising;
    "amazon-adsystem.com" "Amazon" Advertising;
    "amplitude.com" "Amplitude" Analytics;
    "analytics.google.com" "Google" Analytics;
    "analytics.tiktok.com" "TikTok" Advertising;
    "analytics.twitter.com" "X" Advertising;
    "analytics.yahoo.com" "Yahoo" Advertising;
    "bat.bing.com" "Microsoft" Advertising;
    "bidswitch.net" "IPONWEB" Advertising;
    "bluekai.com" "Oracle" Advertising;
    "casalemedia.com" "Index Exchange" Advertising;
    "chartbeat.com" "Chartbeat" Analytics;
    "chartbeat.net" "Chartbeat" Analytics;
    "clarity.ms" "Microsoft" SessionRecording;
    "cloudflareinsights.com" "Cloudflare" Analytics;
    "connect.facebook.net" "Meta" Advertising;
    "contentsquare.net" "Contentsquare" SessionRecording;
    "criteo.com" "Criteo" Advertising;
    "criteo.net" "Criteo" Advertising;
    "crwdcntrl.net" "Lotame" Advertising;
    "ct.pinterest.com" "Pinterest" Advertising;
    "demdex.net" "Adobe" Advertising;
    "doubleclick.net" "Google" Advertising;
    "doubleverify.com" "DoubleVerify" Advertising;
    "everesttech.net" "Adobe" Advertising;
    "fullstory.com" "FullStory" SessionRecording;
    "google-analytics.com" "Google" Analytics;
    "googleadservices.com" "Google" Advertising;
    "googlesyndication.com" "Google" Advertising;
    "googletagmanager.com" "Google" TagManagement;
    "heap.io" "Contentsquare" Analytics;
    "heapanalytics.com" "Contentsquare" Analytics;
    "hotjar.com" "Hotjar" SessionRecording;
    "hotjar.io" "Hotjar" SessionRecording;
    "hs-analytics.net" "HubSpot" Analytics;
    "id5-sync.com" "ID5" Advertising;
    "imrworldwide.com" "Nielsen" Analytics;
    "inspectlet.com" "Inspectlet" SessionRecording;
    "krxd.net" "Salesforce" Advertising;
    "logrocket.com" "LogRocket" SessionRecording;
    "logrocket.io" "LogRocket" SessionRecording;
    "luckyorange.com" "Lucky Orange" SessionRecording;
    "matomo.cloud" "Matomo" Analytics;
    "mc.yandex.ru" "Yandex" Analytics;
    "media.net" "Media.net" Advertising;
    "mixpanel.com" "Mixpanel" Analytics;
    "moatads.com" "Oracle" Advertising;
    "mouseflow.com" "Mouseflow" SessionRecording;
    "mxpnl.com" "Mixpanel" Analytics;
    "nr-data.net" "New Relic" Analytics;
    "omtrdc.net" "Adobe" Analytics;
    "openx.net" "OpenX" Advertising;
    "outbrain.com" "Outbrain" Advertising;
    "parsely.com" "Parse.ly" Analytics;
    "pubmatic.com" "PubMatic" Advertising;
    "px.ads.linkedin.com" "LinkedIn" Advertising;
    "quantserve.com" "Quantcast" Advertising;
    "rlcdn.com" "LiveRamp" Advertising;
    "rubiconproject.com" "Magnite" Advertising;
    "sc-static.net" "Snap" Advertising;
    "scorecardresearch.com" "Comscore" Analytics;
    "segment.com" "Twilio" TagManagement;
    "segment.io" "Twilio" TagManagement;
    "sharethis.com" "ShareThis" Social;
    "smartadserver.com" "Equativ" Advertising;
    "snap.licdn.com" "LinkedIn" Advertising;
    "statcounter.com" "StatCounter" Analytics;
    "taboola.com" "Taboola" Advertising;
    "tapad.com" "Tapad" Advertising;
    "teads.tv" "Teads" Advertising;
    "tiqcdn.com" "Tealium" TagManagement;
    "tr.snapchat.com" "Snap" Advertising;
    "turn.com" "Amobee" Advertising;
    "vk.com" "VK" Social;
    "yieldmo.com" "Yieldmo" Advertising;
    "zemanta.com" "Outbrain" Advertising;
};

/// The tracker that a host belongs to: the longest entry that the host is or lies below.
pub(super) fn known(host: &str) -> Option<&'static Known> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let below =
        |known: &&Known| host.strip_suffix(known.domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    KNOWN.iter().filter(below).max_by_key(|known| known.domain.len())
}
