//! Macros.
/// Placeholder until the real one lands.
#[proc_macro_attribute]
pub fn mcp_tool(_: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream { item }
