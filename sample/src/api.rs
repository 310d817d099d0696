//! The shop as JSON.

use std::collections::HashMap;

use axum::{
    Extension, Json as Answer, Router,
    extract::{Path, Query, State},
    http::StatusCode,
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    Setting, Shop,
    catalogue::{Product, ProductPage},
    input::Json,
    orders::{Customer, Line, MAX_QUANTITY, Order, Totals},
    problem::Problem,
    session::Session,
    shop::Runtime,
};

/// Longest search text in characters.
const MAX_QUERY_CHARS: usize = 100;

pub(crate) fn routes() -> Router<Shop> {
    Router::new()
        .route("/api/products", get(products))
        .route("/api/products/{id}", get(product))
        .route("/api/cart", get(cart).post(add))
        .route("/api/checkout", post(checkout))
        .route("/api/orders/{id}", get(order))
        .route("/health", get(health))
}

/// A product and a number of pieces, as forms and JSON send it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Addition {
    pub product_id: u32,
    #[serde(default = "one")]
    pub quantity: u32,
}

fn one() -> u32 {
    1
}

/// A cart with its lines and what it costs.
#[derive(Debug, Serialize)]
pub(crate) struct CartView {
    pub lines: Vec<Line>,
    #[serde(flatten)]
    pub totals: Totals,
}

/// Reads `query` and `page` of a product list.
///
/// # Errors
/// A problem that names the parameter.
pub(crate) fn list(
    shop: &Shop,
    setting: &Runtime,
    parameters: &HashMap<String, String>,
) -> Result<ProductPage, Problem> {
    let query = parameters.get("query").map_or("", String::as_str);
    if query.chars().count() > MAX_QUERY_CHARS {
        return Err(Problem::invalid("query", &format!("a text of up to {MAX_QUERY_CHARS} characters")));
    }
    let page = parameters.get("page").map_or("1", String::as_str);
    let page = page.parse().ok().filter(|page| (1..=10_000).contains(page));
    let page = page.ok_or_else(|| Problem::invalid("page", "a whole number from 1 to 10000"))?;
    Ok(shop.inner.catalogue.search(query, page, setting.access()))
}

/// The product with the id that stands in the path.
///
/// # Errors
/// Not found, also when the id isn't a number.
pub(crate) fn find(shop: &Shop, setting: &Runtime, id: &str) -> Result<Product, Problem> {
    let found = id.parse().ok().and_then(|id| shop.inner.catalogue.product(id, setting.access()));
    found.ok_or_else(|| Problem::not_found("product"))
}

/// Puts pieces of an existing product into the visit's cart.
///
/// # Errors
/// A problem that names `product_id` or `quantity`.
pub(crate) async fn put_in_cart(
    shop: &Shop,
    setting: &Runtime,
    session: Session,
    addition: &Addition,
) -> Result<(), Problem> {
    if !(1..=MAX_QUANTITY).contains(&addition.quantity) {
        return Err(Problem::invalid("quantity", &format!("a whole number from 1 to {MAX_QUANTITY}")));
    }
    if shop.inner.catalogue.product(addition.product_id, setting.access()).is_none() {
        return Err(Problem::invalid("product_id", "the id of a product"));
    }
    shop.inner.visits.add(session.0, addition.product_id, addition.quantity).await
}

/// The visit's cart with names, prices and totals.
pub(crate) async fn view_cart(shop: &Shop, setting: &Runtime, session: Session) -> CartView {
    let lines = lines(shop, setting, shop.inner.visits.cart(session.0).await);
    let totals = Totals::of(&lines, setting.knobs.checkout_bug);
    CartView { lines, totals }
}

fn lines(shop: &Shop, setting: &Runtime, cart: crate::orders::Cart) -> Vec<Line> {
    let line = |(id, quantity)| Some(Line::of(shop.inner.catalogue.product(id, setting.access())?, quantity));
    cart.into_iter().filter_map(line).collect()
}

/// Turns the visit's cart into an order.
///
/// # Errors
/// The customer's wrong fields; a conflict when the cart is empty.
pub(crate) async fn place_order(
    shop: &Shop,
    setting: &Runtime,
    session: Session,
    customer: Customer,
) -> Result<Order, Problem> {
    let customer = customer.checked()?;
    let cart = shop.inner.visits.take_cart(session.0).await;
    let cart = cart.ok_or_else(|| Problem::new(StatusCode::CONFLICT, "the cart is empty"))?;
    let lines = lines(shop, setting, cart);
    let totals = Totals::of(&lines, setting.knobs.checkout_bug);
    let order = Order { id: uuid::Uuid::new_v4(), session: session.0, customer, lines, totals };
    shop.inner.visits.keep(order.clone()).await;
    Ok(order)
}

/// The order with the id that stands in the path, when this visit placed it.
///
/// # Errors
/// Not found, also for the order of another visit.
pub(crate) async fn find_order(shop: &Shop, session: Session, id: &str) -> Result<Order, Problem> {
    let id = uuid::Uuid::parse_str(id).map_err(|_| Problem::not_found("order"))?;
    shop.inner.visits.order(session.0, id).await.ok_or_else(|| Problem::not_found("order"))
}

async fn products(
    State(shop): State<Shop>,
    Extension(setting): Setting,
    Query(parameters): Query<HashMap<String, String>>,
) -> Result<Answer<ProductPage>, Problem> {
    if let Some(unknown) = parameters.keys().find(|name| !["query", "page"].contains(&name.as_str())) {
        return Err(Problem::invalid(unknown, "unknown parameter; known are query, page"));
    }
    list(&shop, &setting, &parameters).map(Answer)
}

async fn product(
    State(shop): State<Shop>,
    Extension(setting): Setting,
    Path(id): Path<String>,
) -> Result<Answer<Product>, Problem> {
    find(&shop, &setting, &id).map(Answer)
}

async fn cart(
    State(shop): State<Shop>,
    Extension(setting): Setting,
    Extension(session): Extension<Session>,
) -> Answer<CartView> {
    Answer(view_cart(&shop, &setting, session).await)
}

async fn add(
    State(shop): State<Shop>,
    Extension(setting): Setting,
    Extension(session): Extension<Session>,
    Json(addition): Json<Addition>,
) -> Result<Answer<CartView>, Problem> {
    put_in_cart(&shop, &setting, session, &addition).await?;
    Ok(Answer(view_cart(&shop, &setting, session).await))
}

async fn checkout(
    State(shop): State<Shop>,
    Extension(setting): Setting,
    Extension(session): Extension<Session>,
    Json(customer): Json<Customer>,
) -> Result<(StatusCode, Answer<Order>), Problem> {
    place_order(&shop, &setting, session, customer).await.map(|order| (StatusCode::CREATED, Answer(order)))
}

async fn order(
    State(shop): State<Shop>,
    Extension(session): Extension<Session>,
    Path(id): Path<String>,
) -> Result<Answer<Order>, Problem> {
    find_order(&shop, session, &id).await.map(Answer)
}

async fn health(Extension(setting): Setting) -> Answer<Value> {
    Answer(json!({ "status": "ok", "version": setting.knobs.version }))
}
