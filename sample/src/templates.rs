//! The page templates: compiled once, or again for each page when the template cache is off.

use axum::response::Html;
use minijinja::{AutoEscape, Environment, Value};

use crate::problem::Problem;

const SOURCES: [(&str, &str); 10] = [
    ("base.html", include_str!("../templates/base.html")),
    ("products.html", include_str!("../templates/products.html")),
    ("list.html", include_str!("../templates/list.html")),
    ("product.html", include_str!("../templates/product.html")),
    ("cart.html", include_str!("../templates/cart.html")),
    ("checkout.html", include_str!("../templates/checkout.html")),
    ("order.html", include_str!("../templates/order.html")),
    ("text.html", include_str!("../templates/text.html")),
    ("error.html", include_str!("../templates/error.html")),
    ("admin.html", include_str!("../templates/admin.html")),
];

/// Renders pages; every inserted value is escaped for HTML.
pub struct Templates {
    compiled: Option<Environment<'static>>,
}

impl Templates {
    /// Compiles now when `cached`, otherwise at each page.
    pub fn new(cached: bool) -> Self {
        Self { compiled: cached.then(compile) }
    }

    /// Renders a template with these values.
    ///
    /// # Errors
    /// An internal problem when the template fails; the cause is logged.
    pub fn render(&self, name: &str, values: Value) -> Result<Html<String>, Problem> {
        let rendered = match &self.compiled {
            Some(environment) => environment.get_template(name).and_then(|t| t.render(values)),
            None => compile().get_template(name).and_then(|t| t.render(values)),
        };
        rendered.map(Html).map_err(|error| {
            tracing::error!(%error, template = name, "a page could not be rendered");
            Problem::internal("the page could not be rendered")
        })
    }
}

fn compile() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_filter("euro", |cents: u64| format!("€{}.{:02}", cents / 100, cents % 100));
    for (name, source) in SOURCES {
        environment.add_template(name, source).expect("the built-in templates compile; a test renders each");
    }
    environment
}
