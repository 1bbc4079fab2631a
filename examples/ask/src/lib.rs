//! Functions that ask. None of them knows whether its client answers in a session, or by calling again.

use std::sync::atomic::{AtomicU32, Ordering};

use mcp_server::prelude::*;
use schemars::JsonSchema;
use serde::Deserialize;

/// Who comes to dinner.
#[derive(Form, Deserialize, JsonSchema)]
struct Guest {
    #[schemars(length(min = 1))]
    name: String,
    seat: Seat,
    /// What must not be on the plate
    allergy: Option<String>,
}

/// Where to sit.
#[derive(Debug, Form, Deserialize, JsonSchema)]
enum Seat {
    Garden,
    Window,
}

/// How many tables were laid.
#[derive(Debug, Default)]
struct Tables(AtomicU32);

/// How many tabs were opened.
#[derive(Debug, Default)]
struct Tabs(AtomicU32);

impl Tables {
    /// Lays one more, and gives its number.
    async fn lay(&self) -> Result<u32, ToolError> {
        Ok(self.0.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

/// Greet a guest.
#[mcp_tool(task)]
async fn greet(ctx: Ctx) -> Result<String, ToolError> {
    let guest: Guest = ctx.elicit("Who are you?").await?;
    let without = guest.allergy.map(|allergy| format!(", without {allergy}")).unwrap_or_default();
    Ok(format!("Good evening, {}! {:?}{without}.", guest.name, guest.seat))
}

/// Take a deposit. What the guest enters on the page is nobody else's business.
#[mcp_tool(task)]
async fn deposit(ctx: Ctx) -> Result<String, ToolError> {
    ctx.elicit_url("Please leave a deposit.", "https://pay.example.com/deposits").await?;
    Ok("The guest is on their way to the till.".to_owned())
}

/// Recommend a wine. The client's own model knows.
#[mcp_tool(task)]
async fn wine(dish: String, ctx: Ctx) -> Result<String, ToolError> {
    let answer = ctx.sample(format!("In a word: which wine goes with {dish}?")).await?;
    Ok(format!("{} goes with {dish}.", answer.text()))
}

/// Take an order. Both questions are asked at once.
#[mcp_tool(task)]
async fn order(ctx: Ctx) -> Result<String, ToolError> {
    let (starter, main) = tokio::join!(
        ctx.elicit::<String>("Which starter would you like?"),
        ctx.elicit::<String>("And to follow?"),
    );
    Ok(format!("{}, then {}", starter?, main?))
}

/// Lay a table, once, however often the function begins anew to hear the next answer.
#[mcp_tool(task)]
async fn table(ctx: Ctx, tables: State<Tables>) -> Result<String, ToolError> {
    let guests: u32 = ctx.elicit("How many are you?").await?;
    let table = ctx.step("lay", tables.lay()).await?;
    if !ctx.elicit::<bool>(format!("Table {table} is by the window. Do you like it?")).await? {
        return Ok("No table.".to_owned());
    }
    Ok(format!("Table {table} for {guests}"))
}

/// Open a tab: one, also for a client that sends its request again because the answer got lost.
#[mcp_tool(task)]
async fn tab(ctx: Ctx, tabs: State<Tabs>) -> Result<String, ToolError> {
    let open = async move { Ok::<_, ToolError>(tabs.0.fetch_add(1, Ordering::Relaxed) + 1) };
    Ok(format!("Tab {}", ctx.once("open", open).await?))
}

/// Propose a toast.
#[mcp_prompt]
async fn toast(ctx: Ctx) -> Result<String, ToolError> {
    let occasion: String = ctx.elicit("What is the occasion?").await?;
    Ok(format!("Propose a toast to {occasion}, in one sentence."))
}

/// The menu, without what the guest doesn't eat.
#[mcp_resource("restaurant://menu", name = "menu", mime = "text/plain")]
async fn menu(ctx: Ctx) -> Result<&'static str, ToolError> {
    let meat: bool = ctx.elicit("Do you eat meat?").await?;
    Ok(if meat { "Soup, steak" } else { "Soup, dumplings" })
}

/// The server.
pub fn server() -> McpServer {
    McpServer::new("restaurant").state(Tables::default()).state(Tabs::default())
}
