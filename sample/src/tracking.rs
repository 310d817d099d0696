//! A tracker that a careless owner has let into the shop, and the banner that asks before it works.

use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::Deserialize;
use uuid::Uuid;

use crate::{Setting, Shop, input::Form, problem::Problem};

/// What the visitor answered to the banner.
const CONSENT: &str = "shop_consent";
/// The smallest picture: a transparent GIF of one pixel.
const PIXEL: &[u8] =
    b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";
const BANNER: &str = "<section class=\"consent\" aria-labelledby=\"consent\"><h2 id=\"consent\">May we count your visit?</h2>\
     <p>We would ask another host to count it. See <a href=\"/privacy\">what we do with your data</a>.</p>\
     <form action=\"/consent\" method=\"post\"><button name=\"answer\" value=\"no\">No</button> \
     <button name=\"answer\" value=\"yes\">Yes</button></form></section>";

pub(crate) fn routes() -> Router<Shop> {
    Router::new().route("/consent", post(answer)).route("/collect.gif", get(collect))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    answer: Choice,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Choice {
    Yes,
    No,
}

async fn answer(Form(Answer { answer }): Form<Answer>) -> Response {
    let said = if answer == Choice::Yes { "yes" } else { "no" };
    let cookie = format!("{CONSENT}={said}; Path=/; Max-Age=15552000; HttpOnly; SameSite=Lax");
    ([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response()
}

/// What the tracker answers: a picture, and a cookie by which it knows the visitor on every shop that lets it in.
async fn collect() -> Response {
    let cookie = format!("collect_id={}; Path=/; Max-Age=63072000; Secure; SameSite=None", Uuid::new_v4());
    let headers: [(HeaderName, String); 3] = [
        (header::CONTENT_TYPE, "image/gif".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::SET_COOKIE, cookie),
    ];
    (headers, PIXEL).into_response()
}

/// Puts the tracker, or the question for consent, into every page that is made for people.
pub(crate) async fn track(Extension(setting): Setting, request: Request, next: Next) -> Response {
    let (tracker, asks) = (setting.knobs.tracker, setting.knobs.consent_banner);
    let headers = request.headers().clone();
    let response = next.run(request).await;
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !tracker || !kind.starts_with("text/html") {
        return response;
    }
    match (asks, cookie(&headers, CONSENT)) {
        (true, None) => with(response, BANNER).await,
        (true, Some("no")) => response,
        _ => {
            let mut response = with(response, &pixel(&headers)).await;
            if cookie(&headers, "_ga").is_none() {
                let visitor = format!("_ga=GA1.1.{}; Path=/; Max-Age=63072000", Uuid::new_v4().as_u64_pair().0);
                if let Ok(visitor) = HeaderValue::from_str(&visitor) {
                    response.headers_mut().append(header::SET_COOKIE, visitor);
                }
            }
            response
        }
    }
}

/// The tracker's picture. On this machine it comes from the other name of the same address, which is another site to a browser.
fn pixel(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let (name, port) = host.rsplit_once(':').unwrap_or((host, "80"));
    let port: u16 = port.parse().unwrap_or(80);
    let other = match name {
        "127.0.0.1" => format!("http://localhost:{port}"),
        "localhost" => format!("http://127.0.0.1:{port}"),
        _ => String::new(),
    };
    format!("<img class=\"pixel\" src=\"{other}/collect.gif\" width=\"1\" height=\"1\" alt=\"\">")
}

fn cookie<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|list| list.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == wanted).map(|(_, value)| value)
}

/// The page with something more at its end.
async fn with(response: Response, more: &str) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return Problem::internal("the page could not be written").into_response();
    };
    let page = String::from_utf8_lossy(&body).replacen("</body>", &format!("{more}</body>"), 1);
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(page))
}
