//! The catalogue's products, the same at every start.

use crate::catalogue::Product;

/// The shop's departments.
pub const CATEGORIES: [&str; 5] = ["Kitchen", "Garden", "Office", "Living", "Travel"];

/// How many products there are: one for each combination of qualities, materials and things.
pub const PRODUCT_COUNT: u32 = (QUALITIES.len() * MATERIALS.len() * THINGS.len()) as u32;

/// Shares no factor with the product count, so that stepping by it visits every combination once.
const STRIDE: u32 = 1789;

const QUALITIES: [&str; 20] = [
    "Simple",
    "Sturdy",
    "Bright",
    "Quiet",
    "Compact",
    "Generous",
    "Classic",
    "Modern",
    "Folding",
    "Stackable",
    "Handmade",
    "Polished",
    "Rustic",
    "Slim",
    "Tall",
    "Round",
    "Everyday",
    "Nordic",
    "Striped",
    "Soft",
];
const MATERIALS: [&str; 10] = ["Oak", "Steel", "Linen", "Glass", "Cork", "Copper", "Wool", "Bamboo", "Clay", "Leather"];
const THINGS: [(&str, usize); 25] = [
    ("Bowl", 0),
    ("Kettle", 0),
    ("Board", 0),
    ("Jug", 0),
    ("Tray", 0),
    ("Planter", 1),
    ("Bench", 1),
    ("Lantern", 1),
    ("Trowel", 1),
    ("Feeder", 1),
    ("Lamp", 2),
    ("Organiser", 2),
    ("Chair", 2),
    ("Notebook", 2),
    ("Shelf", 2),
    ("Cushion", 3),
    ("Blanket", 3),
    ("Mirror", 3),
    ("Vase", 3),
    ("Clock", 3),
    ("Bag", 4),
    ("Flask", 4),
    ("Pouch", 4),
    ("Case", 4),
    ("Tag", 4),
];

/// All products by ascending id.
pub fn products() -> impl Iterator<Item = Product> {
    (1..=PRODUCT_COUNT).map(product)
}

fn product(id: u32) -> Product {
    let combination = (id * STRIDE % PRODUCT_COUNT) as usize;
    let quality = QUALITIES[combination % QUALITIES.len()];
    let material = MATERIALS[combination / QUALITIES.len() % MATERIALS.len()];
    let (thing, category) = THINGS[combination / (QUALITIES.len() * MATERIALS.len())];
    let category = CATEGORIES[category];
    let name = format!("{quality} {material} {thing}");
    let description = format!(
        "The {name} is made from {} and belongs to our {} range. It is packed without plastic, and spare parts are kept for ten years.",
        material.to_lowercase(),
        category.to_lowercase(),
    );
    Product {
        id,
        sku: format!("CS-{id:05}"),
        name,
        category: category.to_owned(),
        description,
        price_cents: price_cents(id),
    }
}

/// From 4.95 to 203.95 euro. A fixed integer mix (the finaliser of SplitMix64, Steele et al. 2014) keeps prices the same everywhere.
fn price_cents(id: u32) -> u32 {
    let mut mixed = u64::from(id).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    495 + (((mixed ^ (mixed >> 31)) % 200) as u32) * 100
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_are_distinct_and_runs_are_equal() {
        let names: HashSet<String> = products().map(|p| p.name).collect();
        assert_eq!(names.len(), 5000);
        assert!(products().eq(products()));
        assert!(products().all(|p| (495..=20_395).contains(&p.price_cents)));
    }
}
