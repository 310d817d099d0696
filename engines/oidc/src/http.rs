//! The way to the provider: through the egress guard, without redirects, within limits.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use ::http::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use ::http::{HeaderMap, Method, StatusCode};
use oauth2::{AsyncHttpClient, HttpRequest, HttpResponse};
use sbh_egress::{Client, ClientLimits, EgressError, Fetched, Guard};
use url::Url;

use crate::{Part, Refusal};

/// The longest answer in bytes. The largest key sets of public providers have less than 50 kB.
const BODY_LIMIT: u64 = 512 * 1024;
/// How long one exchange may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A client of one provider.
#[derive(Debug, Clone)]
pub(crate) struct Http(Client);

impl Http {
    /// # Errors
    /// [`EgressError::Http`] when TLS cannot be set up.
    pub fn new(guard: &Guard) -> Result<Self, EgressError> {
        let limits = ClientLimits { total_timeout: TIMEOUT, body_limit: BODY_LIMIT, max_redirects: None };
        Client::new(guard.clone(), limits).map(Self)
    }

    /// The body of a 200.
    ///
    /// # Errors
    /// [`refusal`]'s for the network; [`Refusal::Redirected`] and [`Refusal::Status`] for another status.
    pub async fn get(&self, part: Part, url: &Url, bearer: Option<&str>) -> Result<Fetched, Refusal> {
        let mut headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))]);
        if let Some(token) = bearer {
            let unusable =
                |_| Refusal::Malformed { part: Part::Token, reason: "the access token has no plain text".into() };
            let mut value = HeaderValue::try_from(format!("Bearer {token}")).map_err(unusable)?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        let fetched = self.0.send(Method::GET, url, headers, Vec::new().into()).await;
        let fetched = fetched.map_err(|error| refusal(part, error))?;
        check_status(part, fetched.status)?;
        Ok(fetched)
    }
}

/// What the status says about an answer that must be a 200.
fn check_status(part: Part, status: StatusCode) -> Result<(), Refusal> {
    match status {
        StatusCode::OK => Ok(()),
        status if status.is_redirection() => Err(Refusal::Redirected { part }),
        status => Err(Refusal::Status { part, status: status.as_u16() }),
    }
}

/// The guard's and the network's failures in this crate's terms.
pub(crate) fn refusal(part: Part, error: EgressError) -> Refusal {
    match error {
        EgressError::TooLarge { limit } => Refusal::TooLarge { part, limit },
        source => Refusal::Unreachable { part, source },
    }
}

/// Requests to the token endpoint, for the library that writes and reads them. A status that has no error document of RFC 6749 §5.2
/// (4xx) ends here.
impl<'c> AsyncHttpClient<'c> for Http {
    type Error = Refusal;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Refusal>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let part = Part::Token;
            let (head, body) = request.into_parts();
            let url = Url::parse(&head.uri.to_string()).map_err(|_| Refusal::Address { field: "token_endpoint" })?;
            let fetched = self.0.send(head.method, &url, head.headers, body.into()).await;
            let fetched = fetched.map_err(|error| refusal(part, error))?;
            if !fetched.status.is_client_error() {
                check_status(part, fetched.status)?;
            }
            let mut response = HttpResponse::new(fetched.body.to_vec());
            *response.status_mut() = fetched.status;
            *response.headers_mut() = fetched.headers;
            Ok(response)
        })
    }
}
