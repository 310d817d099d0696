//! The device that is simulated.
//!
//! Source of every constant: Lighthouse, `core/config/constants.js` (12.x), throttling method `devtools`: the browser delays requests and
//! slows its main thread while the page loads. Lighthouse's default method `simulate` computes instead, so its scores differ.

use serde::{Deserialize, Serialize};

/// Lighthouse's adjustment of a round-trip time to the latency of one request in the browser's emulation.
const LATENCY_FACTOR: f64 = 3.75;
/// Lighthouse's adjustment of a throughput to the browser's emulation.
const THROUGHPUT_FACTOR: f64 = 0.9;

/// A slower network and processor than those of this machine.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Throttling {
    /// The least time in milliseconds from a request to the head of its response; 0 leaves it alone.
    pub latency_ms: f64,
    /// The most kilobits (1024 bits) a second towards the browser; 0 leaves it alone.
    pub download_kbps: f64,
    /// The most kilobits (1024 bits) a second from the browser; 0 leaves it alone.
    pub upload_kbps: f64,
    /// How many times slower than this machine's processor; 1 leaves it alone.
    pub cpu_slowdown: f64,
}

impl Throttling {
    /// Nothing is slowed: what Lighthouse does for desktops with its method `devtools`.
    pub const NONE: Self = Self { latency_ms: 0.0, download_kbps: 0.0, upload_kbps: 0.0, cpu_slowdown: 1.0 };
    /// Lighthouse's `mobileSlow4G`: round trips of 150 ms, 1.6 Mbit/s down, 750 kbit/s up, a processor four times slower.
    pub const SLOW_4G: Self = Self {
        latency_ms: 150.0 * LATENCY_FACTOR,
        download_kbps: 1.6 * 1024.0 * THROUGHPUT_FACTOR,
        upload_kbps: 750.0 * THROUGHPUT_FACTOR,
        cpu_slowdown: 4.0,
    };
    /// Lighthouse's `desktopDense4G` (round trips of 40 ms, 10 Mbit/s), which Lighthouse itself only simulates, with the adjustments that it
    /// makes for phones.
    pub const DENSE_4G: Self = Self {
        latency_ms: 40.0 * LATENCY_FACTOR,
        download_kbps: 10.0 * 1024.0 * THROUGHPUT_FACTOR,
        upload_kbps: 10.0 * 1024.0 * THROUGHPUT_FACTOR,
        cpu_slowdown: 1.0,
    };
}

/// The viewport.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Screen {
    /// Width in CSS pixels.
    pub width: u32,
    /// Height in CSS pixels.
    pub height: u32,
    /// Device pixels per CSS pixel.
    pub scale: f64,
    /// Whether the browser behaves like one on a phone: touch, viewport tags, overlay scroll bars.
    pub mobile: bool,
}

/// What the page is visited with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// The name in reports.
    pub name: String,
    /// The viewport.
    pub screen: Screen,
    /// The slowdown.
    pub throttling: Throttling,
    /// The `User-Agent` header field; `{version}` stands for the browser's own major version.
    pub user_agent: String,
}

impl Device {
    /// Lighthouse's phone: a Moto G Power (2022) on slow 4G.
    #[must_use]
    pub fn mobile() -> Self {
        Self {
            name: "mobile".to_owned(),
            screen: Screen { width: 412, height: 823, scale: 1.75, mobile: true },
            throttling: Throttling::SLOW_4G,
            user_agent: "Mozilla/5.0 (Linux; Android 11; moto g power (2022)) AppleWebKit/537.36 (KHTML, like Gecko) \
                         Chrome/{version}.0.0.0 Mobile Safari/537.36"
                .to_owned(),
        }
    }

    /// Lighthouse's desktop, not slowed; [`Throttling::DENSE_4G`] gives it a network.
    #[must_use]
    pub fn desktop() -> Self {
        Self {
            name: "desktop".to_owned(),
            screen: Screen { width: 1350, height: 940, scale: 1.0, mobile: false },
            throttling: Throttling::NONE,
            user_agent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) \
                         Chrome/{version}.0.0.0 Safari/537.36"
                .to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Throttling;

    #[test]
    fn slow_4g_has_the_published_values() {
        let slow = Throttling::SLOW_4G;
        assert!((slow.latency_ms - 562.5).abs() < 1e-9, "{slow:?}");
        assert!((slow.download_kbps - 1474.56).abs() < 1e-9, "{slow:?}");
        assert!((slow.upload_kbps - 675.0).abs() < 1e-9, "{slow:?}");
    }
}
