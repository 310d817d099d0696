//! Visual progress and Speed Index, as in speedline 1.4.3 (`lib/frame.js`, `lib/speed-index.js`).

use jpeg_decoder::{Decoder, PixelFormat};

use crate::measured::thousandths;
use crate::observation::Frame;
use crate::picture::{FilmFrame, Picture};

/// From this value on in all three channels a pixel counts as white, which is to say empty.
const WHITE: u8 = 249;
/// The most pixels of a frame that are decoded; ours have at most 500 × 500.
const MAX_PIXELS: usize = 1 << 20;

/// How many pixels have each value, in each of three channels. White pixels do not count.
type Histogram = [[u32; 256]; 3];

/// The frames since `origin` (milliseconds since 1970) with their visual progress.
///
/// # Errors
/// A sentence when there are no frames or they cannot be read.
pub(crate) fn film(frames: &[Frame], origin: f64) -> Result<Vec<FilmFrame>, String> {
    let frames: Vec<&Frame> = frames.iter().filter(|frame| frame.at >= origin).collect();
    let histograms =
        frames.iter().map(|frame| histogram(&frame.picture)).collect::<Result<Vec<Histogram>, String>>()?;
    let last = histograms.last().ok_or("the browser sent no picture while the page loaded")?;
    let shown = |(frame, histogram): (&&Frame, &Histogram)| FilmFrame {
        at_ms: thousandths(frame.at - origin),
        progress: progress(histogram, last),
        picture: Picture::jpeg(frame.picture.clone()),
    };
    Ok(frames.iter().zip(&histograms).map(shown).collect())
}

/// The time until the first paint, and from then on the time weighted by what was missing; `None` if nothing was ever shown.
pub(super) fn speed_index(film: &[FilmFrame]) -> Option<f64> {
    let first = film.iter().position(|frame| frame.progress > 0.0)?;
    let steps = film[first..].windows(2).map(|pair| (pair[1].at_ms - pair[0].at_ms) * (1.0 - pair[0].progress));
    Some(film[first].at_ms + steps.sum::<f64>())
}

/// How much of the way from an empty viewport to `last` has been gone, rounded down to a hundredth. Nothing is gone if `last` is empty.
fn progress(current: &Histogram, last: &Histogram) -> f64 {
    let pairs = current.iter().flatten().zip(last.iter().flatten());
    let matched: u64 = pairs.map(|(current, last)| u64::from(*current.min(last))).sum();
    let total: u64 = last.iter().flatten().map(|count| u64::from(*count)).sum();
    if total == 0 { 0.0 } else { (matched as f64 / total as f64 * 100.0).floor() / 100.0 }
}

fn histogram(jpeg: &[u8]) -> Result<Histogram, String> {
    let unreadable = |_| "a picture of the browser could not be read".to_owned();
    let mut decoder = Decoder::new(jpeg);
    decoder.read_info().map_err(unreadable)?;
    let info = decoder.info().ok_or("a picture of the browser has no head")?;
    if usize::from(info.width) * usize::from(info.height) > MAX_PIXELS || info.pixel_format != PixelFormat::RGB24 {
        return Err("a picture of the browser has another size or format than asked for".to_owned());
    }
    let pixels = decoder.decode().map_err(unreadable)?;
    let mut counts: Histogram = [[0; 256]; 3];
    for pixel in pixels.chunks_exact(3).filter(|pixel| pixel.iter().any(|value| *value < WHITE)) {
        for (channel, value) in counts.iter_mut().zip(pixel) {
            channel[usize::from(*value)] += 1;
        }
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::{FilmFrame, Histogram, Picture, progress, speed_index};

    fn frame(at_ms: f64, progress: f64) -> FilmFrame {
        FilmFrame { at_ms, progress, picture: Picture::jpeg(Vec::new()) }
    }

    #[test]
    fn time_is_weighted_by_what_is_missing() {
        let film = [frame(100.0, 0.0), frame(400.0, 0.5), frame(1000.0, 1.0), frame(2000.0, 1.0)];
        assert_eq!(speed_index(&film), Some(400.0 + 600.0 * 0.5));
        assert_eq!(speed_index(&[frame(100.0, 0.0)]), None);
    }

    #[test]
    fn progress_is_the_share_of_the_final_picture() {
        let mut last: Histogram = [[0; 256]; 3];
        last[0][10] = 200;
        let mut current: Histogram = [[0; 256]; 3];
        current[0][10] = 51;
        current[1][99] = 500;
        assert!((progress(&current, &last) - 0.25).abs() < 1e-9);
        assert!((progress(&last, &last) - 1.0).abs() < 1e-9);
    }
}
