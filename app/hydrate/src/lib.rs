//! Starts the islands of the pages in the browser.

#[cfg(target_arch = "wasm32")]
mod start {
    // The islands are exported from there.
    use hub_app as _;

    /// Called by the page's script once the module is loaded, before it wakes the islands.
    #[wasm_bindgen::prelude::wasm_bindgen]
    pub fn hydrate() {
        console_error_panic_hook::set_once();
        leptos::mount::hydrate_islands();
    }
}
