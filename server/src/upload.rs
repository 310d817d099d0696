//! The form that imports files: browsers send files as `multipart/form-data` alone, so it is read here and not by a server
//! function. It is refused as server functions refuse: the browser is sent back to the page, which shows why.

use crate::{edge::session, problem::Answer, state::AppState};
use axum::{
    Extension, Router,
    extract::{Multipart, State, multipart::MultipartError},
    response::{IntoResponse as _, Redirect, Response},
    routing::post,
};
use hub::{
    Error, Result,
    error::FieldError,
    lab::{NewImport, NewImportFile},
};
use hub_app::{error::WireError, urls};
use leptos::server_fn::error::ServerFnUrlError;
use tower_sessions::Session;
use url::{Url, form_urlencoded};

use crate::api::extract::Caller;

/// The forms that send files.
pub fn routes() -> Router<AppState> {
    Router::new().route(urls::IMPORT, post(import))
}

/// What was sent beside the files.
#[derive(Default)]
struct Sent {
    /// As they were typed, to stand in the form again.
    typed: Vec<(String, String)>,
    files: Vec<NewImportFile>,
}

impl Sent {
    fn of(&self, name: &str) -> String {
        self.typed.iter().find(|(known, _)| known == name).map(|(_, text)| text.clone()).unwrap_or_default()
    }

    fn import(&self) -> NewImport {
        let format = Some(self.of("format")).filter(|format| !format.is_empty());
        let files = self.files.iter().map(|file| NewImportFile { format: format.clone(), ..file.clone() });
        NewImport {
            environment_id: self.of("environment").parse().ok(),
            version: self.of("version"),
            files: files.collect(),
        }
    }
}

async fn import(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Extension(session): Extension<Session>,
    form: Multipart,
) -> Answer<Response> {
    let mut sent = Sent::default();
    let imported = match read(form, &mut sent).await {
        Ok(()) => state.hub.lab().import(&actor, sent.import()).await,
        Err(error) => Err(error),
    };
    match imported {
        Ok(benchmark) => Ok(Redirect::to(&urls::run(benchmark.id)).into_response()),
        Err(error) if matches!(error.kind(), hub::Kind::Internal | hub::Kind::Unavailable) => Err(error.into()),
        Err(error) => {
            let typed = form_urlencoded::Serializer::new(String::new()).extend_pairs(&sent.typed).finish();
            session::flash(&session, state.hub.platform(), &typed).await?;
            Ok(Redirect::to(&refused(error)?).into_response())
        }
    }
}

async fn read(mut form: Multipart, sent: &mut Sent) -> Result<()> {
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        let name = field.name().unwrap_or_default().to_owned();
        let file = field.file_name().map(str::to_owned);
        let bytes = field.bytes().await.map_err(unreadable)?;
        match file {
            // A form without a chosen file sends one without a name.
            Some(file) if name == "files" && !file.is_empty() => {
                let content = String::from_utf8(bytes.to_vec());
                let content = content.map_err(|_| Error::invalid("/files", format!("{file} is no text in UTF-8.")))?;
                sent.files.push(NewImportFile { name: file, format: None, content });
            }
            Some(_) => {}
            None => sent.typed.push((name, String::from_utf8_lossy(&bytes).into_owned())),
        }
    }
    Ok(())
}

fn unreadable(error: MultipartError) -> Error {
    let too_large = error.status() == http::StatusCode::PAYLOAD_TOO_LARGE;
    let message = if too_large { "The files are larger than 8 MiB together." } else { "The form could not be read." };
    Error::invalid("/files", message)
}

/// The page with the error in its address, as server functions write it there.
fn refused(error: Error) -> Result<String> {
    let field = |field: &FieldError| FieldError {
        pointer: match field.pointer.as_str() {
            "/environment_id" => "/environment".to_owned(),
            pointer if pointer.ends_with("/format") => "/format".to_owned(),
            pointer if pointer.starts_with("/files") => "/files".to_owned(),
            pointer => pointer.to_owned(),
        },
        message: field.message.clone(),
    };
    let wire = WireError {
        kind: error.kind(),
        message: error.message().to_owned(),
        fields: error.fields().iter().map(field).collect(),
    };
    let page = Url::parse("http://hub").and_then(|host| host.join(urls::IMPORT)).map_err(Error::internal)?;
    let page = ServerFnUrlError::new(urls::IMPORT, wire).to_url(page.as_str()).map_err(Error::internal)?;
    Ok(format!("{}?{}", page.path(), page.query().unwrap_or_default()))
}
