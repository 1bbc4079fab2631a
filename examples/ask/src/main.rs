//! A restaurant: functions that ask, whichever way their client can be asked.

#[tokio::main]
async fn main() -> Result<(), mcp_server::Error> {
    ask::server().run().await
}
