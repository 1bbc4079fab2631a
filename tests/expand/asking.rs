use mcp_server::prelude::*;

/// Pay from an account.
#[mcp_tool(task = "required")]
async fn pay(
    #[arg(min = 1)] amount: u32,
    #[ask("Which account?")] account: Account,
    ctx: Ctx,
    #[ask("Anything to say?", key = "remark")] remark: Option<String>,
    #[ask("Really?")] really: bool,
) -> String {
    format!("{amount} from {account:?}")
}

/// A note.
#[mcp_resource("notes://{id}", blocking)]
fn note(id: u8, #[ask("In which language?")] language: String) -> String {
    format!("{id} in {language}")
}

struct Desk;

#[mcp_tools]
impl Desk {
    /// Greet somebody.
    #[mcp_prompt]
    fn greet(&self, #[ask("Whom?")] name: String) -> String {
        format!("Greet {name}")
    }
}
