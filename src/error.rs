//! One error type with few kinds. The public sentence is separate from the cause: the sentence reaches the caller,
//! the cause reaches the log.

use serde::{Deserialize, Serialize};
use std::{fmt, sync::Arc};

/// What went wrong, as far as a caller can act on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Nobody has signed in, or what was shown is not valid any more.
    Unauthenticated,
    /// The actor lacks the permission.
    Forbidden,
    /// The actor has to confirm first who sits there.
    Unconfirmed,
    /// The actor's organisation is suspended; the sentence says why.
    Suspended,
    /// There is no such thing in the actor's tenant.
    NotFound,
    /// The thing is in a state that excludes the request.
    Conflict,
    /// A quota of the organisation has no room for it.
    Quota,
    /// The request itself is wrong; `fields` says where.
    Invalid,
    /// Too many requests of this kind; trying again later helps.
    TooMany,
    /// Something that the hub depends on does not answer.
    Unavailable,
    /// A fault of the hub.
    Internal,
}

/// One invalid field: a JSON pointer (RFC 6901) and what is allowed there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "backend", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// JSON pointer into the request, for example `/rules/0/threshold`.
    pub pointer: String,
    /// What is allowed, in a sentence.
    pub message: String,
}

/// The error of every use case.
#[derive(Clone)]
pub struct Error {
    kind: Kind,
    message: String,
    fields: Vec<FieldError>,
    retry_after_s: Option<u64>,
    cause: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

/// The result of every use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), fields: Vec::new(), retry_after_s: None, cause: None }
    }

    /// Nobody is signed in, or the credential is not valid.
    pub fn unauthenticated(message: impl Into<String>) -> Self {
        Self::new(Kind::Unauthenticated, message)
    }

    /// The actor may not do this; the sentence names what is missing.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(Kind::Forbidden, message)
    }

    /// The actor may do this after showing again who sits there.
    pub fn unconfirmed(message: impl Into<String>) -> Self {
        Self::new(Kind::Unconfirmed, message)
    }

    /// Nobody of the organisation gets in; the sentence says why.
    pub fn suspended(message: impl Into<String>) -> Self {
        Self::new(Kind::Suspended, message)
    }

    /// No such thing for this actor. Another tenant's thing is not found, never forbidden.
    pub fn not_found(what: &str) -> Self {
        Self::new(Kind::NotFound, format!("There is no such {what}."))
    }

    /// There was such a thing, and the sentence tells what became of it.
    pub fn gone(message: impl Into<String>) -> Self {
        Self::new(Kind::NotFound, message)
    }

    /// The state of the thing excludes the request.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(Kind::Conflict, message)
    }

    /// A quota of the organisation has no room for it; the sentence says which, how much is used, and who can help.
    pub fn quota(message: impl Into<String>) -> Self {
        Self::new(Kind::Quota, message)
    }

    /// One wrong field.
    pub fn invalid(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self::invalid_fields(vec![FieldError { pointer: pointer.into(), message: message.into() }])
    }

    /// Several wrong fields at once.
    pub fn invalid_fields(fields: Vec<FieldError>) -> Self {
        let message = match fields.as_slice() {
            [only] => only.message.clone(),
            _ => "Some fields are not valid.".to_owned(),
        };
        Self { fields, ..Self::new(Kind::Invalid, message) }
    }

    /// Too many requests; `retry_after_s` seconds from now one will be accepted.
    pub fn too_many(message: impl Into<String>, retry_after_s: u64) -> Self {
        Self { retry_after_s: Some(retry_after_s), ..Self::new(Kind::TooMany, message) }
    }

    /// A dependency does not answer.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(Kind::Unavailable, message)
    }

    /// A fault of the hub; the cause is for the log alone.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            cause: Some(Arc::from(cause.into())),
            ..Self::new(Kind::Internal, "The hub could not complete this. The request id helps to find out why.")
        }
    }

    /// Keeps the cause for the log.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.cause = Some(Arc::from(cause.into()));
        self
    }

    /// Moves every field pointer below `prefix`, for a value that was parsed inside a larger one.
    #[must_use]
    pub fn under(mut self, prefix: &str) -> Self {
        for field in &mut self.fields {
            field.pointer.insert_str(0, prefix);
        }
        self
    }

    /// The kind.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The sentence that the caller may read.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The wrong fields, if any.
    pub fn fields(&self) -> &[FieldError] {
        &self.fields
    }

    /// Seconds to wait, for [`Kind::TooMany`].
    pub fn retry_after_s(&self) -> Option<u64> {
        self.retry_after_s
    }

    /// The cause, for the log.
    pub fn cause(&self) -> Option<&(dyn std::error::Error + Send + Sync + 'static)> {
        self.cause.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.kind, self.message)?;
        for field in &self.fields {
            write!(f, " [{}: {}]", field.pointer, field.message)?;
        }
        match &self.cause {
            Some(cause) => write!(f, " (cause: {cause:?})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

#[cfg(feature = "backend")]
impl From<sea_orm::DbErr> for Error {
    fn from(error: sea_orm::DbErr) -> Self {
        match error {
            sea_orm::DbErr::ConnectionAcquire(_) | sea_orm::DbErr::Conn(_) => {
                Self::unavailable("The database does not answer.").because(error)
            }
            other => Self::internal(other),
        }
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(error)
    }
}

/// Collects wrong fields, so that a caller sees all of them at once.
#[derive(Default)]
pub struct Faults(Vec<FieldError>);

impl Faults {
    /// Notes a wrong field.
    pub fn add(&mut self, pointer: impl Into<String>, message: impl Into<String>) {
        self.0.push(FieldError { pointer: pointer.into(), message: message.into() });
    }

    /// Keeps the value, or notes the error's fields.
    pub fn keep<T>(&mut self, result: Result<T>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.0.extend(error.fields);
                None
            }
        }
    }

    /// `Ok` when nothing was noted.
    pub fn finish(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::invalid_fields(self.0)) }
    }
}
