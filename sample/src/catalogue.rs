//! The product table: encoded rows, queried by a full scan or through indexes.
//!
//! Rows are kept encoded, as a database keeps them on its pages. A query without an index has to decode every row
//! to test it; with an index it decodes only the rows it returns. Both ways give the same answer.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::atomic::{AtomicU64, Ordering},
};

use serde::{Deserialize, Serialize};

use crate::generate;

/// Products on one page of a list.
pub const PAGE_SIZE: usize = 24;

/// One thing that the shop sells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Number from 1 up.
    pub id: u32,
    /// Stock keeping unit.
    pub sku: String,
    /// What customers call it.
    pub name: String,
    /// One of [`crate::generate::CATEGORIES`].
    pub category: String,
    /// A few sentences.
    pub description: String,
    /// Price of one piece in euro cents.
    pub price_cents: u32,
}

/// One page of a list of products.
#[derive(Debug, Serialize)]
pub struct ProductPage {
    /// The products of this page, by ascending id.
    pub products: Vec<Product>,
    /// Page number from 1 up.
    pub page: usize,
    /// Number of pages, at least 1.
    pub pages: usize,
    /// Number of products that match.
    pub total: usize,
}

/// How a query reaches its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Decode and test every row.
    Scan,
    /// Look the rows up and decode only those.
    Index,
}

/// The table with its indexes and its counters.
pub struct Catalogue {
    rows: Vec<Box<[u8]>>,
    by_id: HashMap<u32, usize>,
    by_category: HashMap<String, Vec<usize>>,
    by_word: BTreeMap<String, Vec<usize>>,
    queries: AtomicU64,
    rows_examined: AtomicU64,
}

impl Catalogue {
    /// Fills the table with the generated products and builds the indexes.
    pub fn generated() -> Self {
        let mut catalogue = Self {
            rows: Vec::new(),
            by_id: HashMap::new(),
            by_category: HashMap::new(),
            by_word: BTreeMap::new(),
            queries: AtomicU64::new(0),
            rows_examined: AtomicU64::new(0),
        };
        generate::products().for_each(|product| catalogue.insert(&product));
        catalogue
    }

    fn insert(&mut self, product: &Product) {
        let row = self.rows.len();
        self.rows.push(serde_json::to_vec(product).expect("a product is plain data").into_boxed_slice());
        self.by_id.insert(product.id, row);
        self.by_category.entry(product.category.clone()).or_default().push(row);
        for word in words(&searched_text(product)).collect::<BTreeSet<_>>() {
            self.by_word.entry(word).or_default().push(row);
        }
    }

    /// Queries answered since the start.
    pub fn queries(&self) -> u64 {
        self.queries.load(Ordering::Relaxed)
    }

    /// Rows decoded by all queries since the start.
    pub fn rows_examined(&self) -> u64 {
        self.rows_examined.load(Ordering::Relaxed)
    }

    /// The product with this id.
    pub fn product(&self, id: u32, access: Access) -> Option<Product> {
        self.queries.fetch_add(1, Ordering::Relaxed);
        match access {
            Access::Index => self.by_id.get(&id).map(|&row| self.decode(row)),
            Access::Scan => self.scan(|product| product.id == id).pop(),
        }
    }

    /// Up to four other products of the same category, the next ones by id first.
    pub fn related(&self, product: &Product, access: Access) -> Vec<Product> {
        self.queries.fetch_add(1, Ordering::Relaxed);
        let mut related = match access {
            Access::Scan => self.scan(|other| other.category == product.category && other.id > product.id),
            Access::Index => {
                let rows = self.by_category.get(&product.category).map_or(&[][..], Vec::as_slice);
                let own = self.by_id.get(&product.id).copied().unwrap_or_default();
                let next = rows.partition_point(|&row| row <= own);
                rows[next..].iter().take(4).map(|&row| self.decode(row)).collect()
            }
        };
        related.truncate(4);
        related
    }

    /// The products in which every word of the query starts some word; all products when the query has no words.
    /// A page past the end is empty.
    pub fn search(&self, query: &str, page: usize, access: Access) -> ProductPage {
        self.queries.fetch_add(1, Ordering::Relaxed);
        let terms: Vec<String> = words(query).collect();
        let skip = page.saturating_sub(1).saturating_mul(PAGE_SIZE);
        let (products, total) = match access {
            Access::Scan => {
                let found = self.scan(|product| matches(product, &terms));
                let total = found.len();
                (found.into_iter().skip(skip).take(PAGE_SIZE).collect(), total)
            }
            Access::Index => {
                let found = self.rows_with(&terms);
                (found.iter().skip(skip).take(PAGE_SIZE).map(|&row| self.decode(row)).collect(), found.len())
            }
        };
        ProductPage { products, page, pages: total.div_ceil(PAGE_SIZE).max(1), total }
    }

    fn rows_with(&self, terms: &[String]) -> Vec<usize> {
        let mut lists = terms.iter().map(|term| self.rows_with_prefix(term));
        match lists.next() {
            None => (0..self.rows.len()).collect(),
            Some(first) => lists.fold(first, |kept, next| &kept & &next).into_iter().collect(),
        }
    }

    fn rows_with_prefix(&self, prefix: &str) -> BTreeSet<usize> {
        let from = self.by_word.range(prefix.to_owned()..);
        from.take_while(|(word, _)| word.starts_with(prefix)).flat_map(|(_, rows)| rows.iter().copied()).collect()
    }

    fn scan(&self, keep: impl Fn(&Product) -> bool) -> Vec<Product> {
        (0..self.rows.len()).map(|row| self.decode(row)).filter(keep).collect()
    }

    fn decode(&self, row: usize) -> Product {
        self.rows_examined.fetch_add(1, Ordering::Relaxed);
        serde_json::from_slice(&self.rows[row]).expect("the table holds only rows that it encoded")
    }
}

fn searched_text(product: &Product) -> String {
    format!("{} {} {}", product.name, product.category, product.sku)
}

fn matches(product: &Product, terms: &[String]) -> bool {
    let found: Vec<String> = words(&searched_text(product)).collect();
    terms.iter().all(|term| found.iter().any(|word| word.starts_with(term.as_str())))
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn index_and_scan_agree() {
        let shop = Catalogue::generated();
        for query in ["", "oak", "OAK cha", "kit", "no such thing", "<script>", "CS-00042"] {
            for page in [1, 2, 10_000] {
                let (scan, index) = (shop.search(query, page, Access::Scan), shop.search(query, page, Access::Index));
                assert_eq!((scan.total, scan.products), (index.total, index.products), "{query:?} page {page}");
            }
        }
        for id in [0, 1, 77, 5000, 5001] {
            let (scan, index) = (shop.product(id, Access::Scan), shop.product(id, Access::Index));
            assert_eq!(scan, index);
            if let Some(product) = scan {
                assert_eq!(shop.related(&product, Access::Scan), shop.related(&product, Access::Index));
            }
        }
    }

    #[test]
    fn a_lookup_examines_one_row_with_the_index_and_all_without() {
        let shop = Catalogue::generated();
        shop.product(42, Access::Index);
        assert_eq!(shop.rows_examined(), 1);
        shop.product(42, Access::Scan);
        assert_eq!(shop.rows_examined(), 1 + 5000);
    }
}
