//! Files that callers download.

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type},
};

/// Any bytes, for the description of operations that answer with a file.
pub struct AnyBytes;

impl PartialSchema for AnyBytes {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
            .into()
    }
}

impl ToSchema for AnyBytes {}

/// A file with its media type and the name under which it is saved.
pub struct Download {
    /// The content.
    pub bytes: Vec<u8>,
    /// Its media type.
    pub media_type: String,
    /// Letters, digits, dots, hyphens and underscores; anything else is replaced.
    pub name: String,
}

impl IntoResponse for Download {
    fn into_response(self) -> Response {
        let plain = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' };
        let name: String = self.name.chars().map(plain).collect();
        let disposition = format!("attachment; filename=\"{name}\"");
        let headers: [(HeaderName, HeaderValue); 2] =
            [(header::CONTENT_TYPE, value(&self.media_type)), (header::CONTENT_DISPOSITION, value(&disposition))];
        (StatusCode::OK, headers, Body::from(self.bytes)).into_response()
    }
}

fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("application/octet-stream"))
}
