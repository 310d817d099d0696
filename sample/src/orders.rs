//! Carts and orders, kept in memory for as long as a visit lasts.

use std::{collections::BTreeMap, time::Duration};

use moka::{future::Cache, ops::compute::Op, policy::EvictionPolicy};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    catalogue::Product,
    problem::{FieldError, Problem},
};

/// Most pieces of one product in a cart.
pub const MAX_QUANTITY: u32 = 99;
/// Most different products in a cart.
pub const MAX_LINES: usize = 50;
/// Goods worth this many cents or more are sent free of charge.
pub const FREE_SHIPPING_CENTS: u64 = 5_000;
/// Otherwise sending costs this many cents.
pub const SHIPPING_CENTS: u64 = 490;

/// Product ids and their quantities.
pub type Cart = BTreeMap<u32, u32>;

/// What a customer fills in to order.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Customer {
    /// 1 to 100 characters.
    pub name: String,
    /// Up to 200 characters with one `@` inside.
    pub email: String,
    /// 1 to 300 characters.
    pub address: String,
}

impl Customer {
    /// # Errors
    /// A problem with one entry for each field that is wrong.
    pub fn checked(self) -> Result<Self, Problem> {
        let filled = |text: &str, max: usize| !text.trim().is_empty() && text.chars().count() <= max;
        let rules = [
            (filled(&self.name, 100), "name", "a name of 1 to 100 characters"),
            (looks_like_email(&self.email), "email", "an e-mail address such as ada@example.com, up to 200 characters"),
            (filled(&self.address, 300), "address", "an address of 1 to 300 characters"),
        ];
        let errors: Vec<FieldError> = rules
            .iter()
            .filter(|(holds, ..)| !holds)
            .map(|(_, field, allowed)| FieldError::new(field, allowed))
            .collect();
        if errors.is_empty() { Ok(self) } else { Err(Problem::unprocessable(errors)) }
    }
}

fn looks_like_email(text: &str) -> bool {
    let parts: Vec<&str> = text.split('@').collect();
    text.len() <= 200
        && parts.len() == 2
        && parts.iter().all(|part| !part.is_empty())
        && !text.contains(char::is_whitespace)
}

/// One product of a cart or an order.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// The product's number.
    pub product_id: u32,
    /// The product's name.
    pub name: String,
    /// Price of one piece in euro cents.
    pub price_cents: u32,
    /// Number of pieces.
    pub quantity: u32,
    /// Price of all pieces in euro cents.
    pub line_cents: u64,
}

impl Line {
    /// So many pieces of this product.
    pub fn of(product: Product, quantity: u32) -> Self {
        let line_cents = u64::from(product.price_cents) * u64::from(quantity);
        Self { product_id: product.id, name: product.name, price_cents: product.price_cents, quantity, line_cents }
    }
}

/// What the lines cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Sum of the goods in euro cents.
    pub goods_cents: u64,
    /// Cost of sending in euro cents.
    pub shipping_cents: u64,
    /// What the customer pays in euro cents.
    pub total_cents: u64,
}

impl Totals {
    /// Adds the lines up. `each_once` is the shop's known fault: it charges a line once, whatever its quantity.
    pub fn of(lines: &[Line], each_once: bool) -> Self {
        let charged = |line: &Line| if each_once { u64::from(line.price_cents) } else { line.line_cents };
        let goods_cents = lines.iter().map(charged).sum();
        let shipping_cents = if lines.is_empty() || goods_cents >= FREE_SHIPPING_CENTS { 0 } else { SHIPPING_CENTS };
        Self { goods_cents, shipping_cents, total_cents: goods_cents + shipping_cents }
    }
}

/// A finished order.
#[derive(Debug, Clone, Serialize)]
pub struct Order {
    /// Unguessable number.
    pub id: Uuid,
    /// The visit that placed it; only that visit sees it.
    #[serde(skip)]
    pub session: Uuid,
    /// Who ordered.
    #[serde(flatten)]
    pub customer: Customer,
    /// What was ordered.
    pub lines: Vec<Line>,
    /// What it costs.
    #[serde(flatten)]
    pub totals: Totals,
}

/// All carts and orders; the oldest give way past 100,000 or after an hour without use.
pub struct Visits {
    carts: Cache<Uuid, Cart>,
    orders: Cache<Uuid, Order>,
}

impl Default for Visits {
    fn default() -> Self {
        Self { carts: bounded(), orders: bounded() }
    }
}

fn bounded<V: Clone + Send + Sync + 'static>() -> Cache<Uuid, V> {
    Cache::builder()
        .max_capacity(100_000)
        .eviction_policy(EvictionPolicy::lru())
        .time_to_idle(Duration::from_secs(3600))
        .build()
}

impl Visits {
    /// The visit's cart, empty when there is none.
    pub async fn cart(&self, session: Uuid) -> Cart {
        self.carts.get(&session).await.unwrap_or_default()
    }

    /// Adds pieces of a product to the visit's cart.
    ///
    /// # Errors
    /// A problem naming `quantity` or `product_id` when the cart would exceed its limits; the cart stays as it was.
    pub async fn add(&self, session: Uuid, product: u32, quantity: u32) -> Result<(), Problem> {
        let limits = format!("a whole number from 1 to {MAX_QUANTITY}, together with what is in the cart already");
        let change = |entry: Option<moka::Entry<Uuid, Cart>>| {
            let mut cart = entry.map(moka::Entry::into_value).unwrap_or_default();
            let pieces = cart.get(&product).copied().unwrap_or(0).saturating_add(quantity);
            let outcome = if quantity == 0 || pieces > MAX_QUANTITY {
                Err(Problem::invalid("quantity", &limits))
            } else if cart.len() == MAX_LINES && !cart.contains_key(&product) {
                Err(Problem::invalid("product_id", &format!("a cart holds up to {MAX_LINES} different products")))
            } else {
                cart.insert(product, pieces);
                Ok(Op::Put(cart))
            };
            std::future::ready(outcome)
        };
        self.carts.entry(session).and_try_compute_with(change).await.map(drop)
    }

    /// Takes a product out of the visit's cart.
    pub async fn remove(&self, session: Uuid, product: u32) {
        let change = |entry: Option<moka::Entry<Uuid, Cart>>| {
            let mut cart = entry.map(moka::Entry::into_value).unwrap_or_default();
            cart.remove(&product);
            std::future::ready(Op::Put(cart))
        };
        self.carts.entry(session).and_compute_with(change).await;
    }

    /// Takes the whole cart, so that two checkouts at the same time can't both order it.
    pub async fn take_cart(&self, session: Uuid) -> Option<Cart> {
        self.carts.remove(&session).await.filter(|cart| !cart.is_empty())
    }

    /// Keeps an order.
    pub async fn keep(&self, order: Order) {
        self.orders.insert(order.id, order).await;
    }

    /// The order, when this visit placed it.
    pub async fn order(&self, session: Uuid, id: Uuid) -> Option<Order> {
        self.orders.get(&id).await.filter(|order| order.session == session)
    }
}
