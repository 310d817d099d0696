//! The shop as pages for people.

use std::collections::HashMap;

use axum::{
    Extension, Router,
    extract::{Path, Query, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use minijinja::context;
use serde::Deserialize;

use crate::{
    Setting, Shop,
    api::{self, Addition},
    input::Form,
    orders::Customer,
    problem::Problem,
    session::Session,
    shop::Runtime,
};

type Page = Result<Html<String>, Problem>;

pub(crate) fn routes() -> Router<Shop> {
    Router::new()
        .route("/", get(home))
        .route("/search", get(search))
        .route("/products/{id}", get(product))
        .route("/cart", get(cart).post(add))
        .route("/cart/remove", post(remove))
        .route("/checkout", get(checkout).post(order_now))
        .route("/orders/{id}", get(order))
        .route("/about", get(about))
        .route("/privacy", get(privacy))
}

async fn home(
    State(shop): State<Shop>,
    setting: Setting,
    Query(mut parameters): Query<HashMap<String, String>>,
) -> Page {
    parameters.remove("query");
    product_list(&shop, &setting, &parameters, "/")
}

async fn search(State(shop): State<Shop>, setting: Setting, Query(parameters): Query<HashMap<String, String>>) -> Page {
    product_list(&shop, &setting, &parameters, "/search")
}

fn product_list(shop: &Shop, setting: &Runtime, parameters: &HashMap<String, String>, path: &str) -> Page {
    let list = api::list(shop, setting, parameters)?;
    let query = parameters.get("query");
    let encoded = query.map(|query| serde_urlencoded::to_string([("query", query)]).unwrap_or_default());
    setting.templates.render("products.html", context! { list, path, query, encoded, knobs => setting.knobs })
}

async fn product(State(shop): State<Shop>, Extension(setting): Setting, Path(id): Path<String>) -> Page {
    let product = api::find(&shop, &setting, &id)?;
    let related = shop.inner.catalogue.related(&product, setting.access());
    setting.templates.render("product.html", context! { product, related, knobs => setting.knobs })
}

async fn cart(State(shop): State<Shop>, Extension(setting): Setting, Extension(session): Extension<Session>) -> Page {
    let cart = api::view_cart(&shop, &setting, session).await;
    setting.templates.render("cart.html", context! { cart, knobs => setting.knobs })
}

async fn add(
    State(shop): State<Shop>,
    Extension(setting): Setting,
    Extension(session): Extension<Session>,
    Form(addition): Form<Addition>,
) -> Result<Redirect, Problem> {
    api::put_in_cart(&shop, &setting, session, &addition).await?;
    Ok(Redirect::to("/cart"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Removal {
    product_id: u32,
}

async fn remove(
    State(shop): State<Shop>,
    Extension(session): Extension<Session>,
    Form(removal): Form<Removal>,
) -> Redirect {
    shop.inner.visits.remove(session.0, removal.product_id).await;
    Redirect::to("/cart")
}

async fn checkout(
    State(shop): State<Shop>,
    Extension(setting): Setting,
    Extension(session): Extension<Session>,
) -> Page {
    checkout_form(&shop, &setting, session, &Customer::default(), &HashMap::new()).await
}

async fn order_now(
    State(shop): State<Shop>,
    Extension(setting): Setting,
    Extension(session): Extension<Session>,
    Form(customer): Form<Customer>,
) -> Result<Response, Problem> {
    match api::place_order(&shop, &setting, session, customer.clone()).await {
        Ok(order) => Ok(Redirect::to(&format!("/orders/{}", order.id)).into_response()),
        Err(problem) if problem.errors.is_empty() => Err(problem),
        Err(problem) => {
            let errors = problem.errors.into_iter().map(|error| (error.field, error.message)).collect();
            let page = checkout_form(&shop, &setting, session, &customer, &errors).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

async fn checkout_form(
    shop: &Shop,
    setting: &Runtime,
    session: Session,
    customer: &Customer,
    errors: &HashMap<String, String>,
) -> Page {
    let cart = api::view_cart(shop, setting, session).await;
    setting.templates.render("checkout.html", context! { cart, customer, errors, knobs => setting.knobs })
}

async fn order(
    State(shop): State<Shop>,
    Extension(setting): Setting,
    Extension(session): Extension<Session>,
    Path(id): Path<String>,
) -> Page {
    let order = api::find_order(&shop, session, &id).await?;
    setting.templates.render("order.html", context! { order, knobs => setting.knobs })
}

async fn about(Extension(setting): Setting) -> Page {
    let paragraphs = [
        "Corner Shop sells five thousand useful things for the kitchen, the garden, the office, the living room and the road.",
        "The shop is a demonstration: nothing is sent and nothing is charged. Its operator can make it fast or slow, \
         careful or careless, to see how measurements follow.",
    ];
    setting.templates.render("text.html", context! { title => "About us", paragraphs, knobs => setting.knobs })
}

async fn privacy(Extension(setting): Setting) -> Page {
    let paragraphs = [
        "We keep your cart and your orders in memory for an hour after your last visit, and nowhere else.",
        "One cookie, shop_session, connects your visit with your cart. We use no analytics, no advertising and nothing from other hosts.",
        "To have your data removed at once, write to privacy@shop.example.",
    ];
    setting.templates.render("text.html", context! { title => "Privacy", paragraphs, knobs => setting.knobs })
}

pub(crate) async fn not_found() -> Problem {
    Problem::not_found("page")
}

pub(crate) async fn method_not_allowed() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "this address does not take the method")
}

/// Gives browsers a page where the answer is a problem document, and keeps personal pages out of every cache.
pub(crate) async fn problems_as_pages(Extension(setting): Setting, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let personal = ["/cart", "/checkout", "/orders/", "/api/cart", "/api/checkout", "/api/orders/", "/admin"];
    let personal = personal.iter().any(|start| path.starts_with(start));
    let wants_page = accepts_html(request.headers()) && !path.starts_with("/api/");
    let mut response = next.run(request).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>().filter(|_| wants_page) {
        response = as_page(&setting, problem, response);
    }
    if personal {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

fn as_page(setting: &Runtime, problem: Problem, original: Response) -> Response {
    let status = original.status();
    let page = setting.templates.render("error.html", context! { problem, knobs => setting.knobs });
    page.map_or(original, |page| (status, page).into_response())
}

pub(crate) fn accepts_html(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}
