//! What else a provider tells about a person (Core 1.0 §5.3).

use serde_json::{Map, Value};
use url::Url;

use crate::claims::Claims;
use crate::http::Http;
use crate::{Part, Refusal, Secret};

/// Asks the UserInfo endpoint. Its answer counts only for the subject of the ID token (§5.3.4).
///
/// # Errors
/// What the network and the status say, [`Refusal::Malformed`] and [`Refusal::UserInfoSubject`].
pub(crate) async fn fetch(
    http: &Http,
    endpoint: &Url,
    access_token: &Secret,
    id_token: Claims<'_>,
) -> Result<Map<String, Value>, Refusal> {
    let answer = http.get(Part::UserInfo, endpoint, Some(access_token.expose())).await?;
    let claims: Map<String, Value> = serde_json::from_slice(&answer.body).map_err(|_| Refusal::Malformed {
        part: Part::UserInfo,
        reason: "it must be a JSON object; signed and encrypted answers are not supported".to_owned(),
    })?;
    if claims.get("sub").and_then(Value::as_str) == Some(id_token.required_text("sub")?) {
        Ok(claims)
    } else {
        Err(Refusal::UserInfoSubject)
    }
}
