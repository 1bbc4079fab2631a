//! Functions that ask in every way there is.

use std::{
    future::pending,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use futures_util::future::join_all;
use mcp_server::{AskError, FormSchema, McpServer, prelude::*};
use mcp_tests::running::Running;
use serde_json::json;
use tokio::time::{sleep, timeout};

/// What things cost now.
#[derive(Debug, Default)]
pub(super) struct Price(AtomicU32);

impl Price {
    /// What it costs, which is more the next time.
    fn next(&self) -> u32 {
        self.0.fetch_add(1, Ordering::SeqCst)
    }
}

/// A server with all of them.
pub(super) fn server(running: &Running) -> McpServer {
    let server = ask::server().legacy_sse(true).task_poll_interval(Duration::from_millis(1));
    server.state(running.clone()).state(Price::default())
}

/// Ask for a value by itself, and say why there is none.
#[mcp_tool(task)]
async fn number(ctx: Ctx) -> Result<String, ToolError> {
    let number: u8 = ctx.elicit("A number?").await?;
    Ok(number.to_string())
}

/// Ask with a form.
#[mcp_tool(task)]
async fn person(ctx: Ctx) -> Result<String, ToolError> {
    let form = FormSchema::from_value(json!({
        "type": "object",
        "properties": {
            "name": { "type": "string", "minLength": 1 },
            "age": { "type": "integer", "minimum": 0 },
        },
        "required": ["name"],
    }))?;
    let person = ctx.elicit_form("Who?", form).await?;
    Ok(serde_json::to_string(&person)?)
}

/// Ask for a page to be opened, and go on without it.
#[mcp_tool]
async fn page(ctx: Ctx) -> String {
    match ctx.elicit_url("Sign in.", "https://example.com/").await {
        Ok(()) => "opened".to_owned(),
        Err(AskError::Unsupported(lacking)) => format!("lacking {}", lacking.capabilities()),
        Err(error) => error.to_string(),
    }
}

/// Ask the model.
#[mcp_tool]
async fn sample(ctx: Ctx) -> Result<String, ToolError> {
    Ok(ctx.sample("Hello?").await?.text())
}

/// Ask for roots.
#[mcp_tool]
async fn roots(ctx: Ctx) -> Result<String, ToolError> {
    Ok(ctx.roots().await?.len().to_string())
}

/// Ask about a price that changes.
#[mcp_tool]
async fn buy(ctx: Ctx, price: State<Price>) -> Result<String, ToolError> {
    let price = price.next() / 2;
    let buys: bool = ctx.elicit(format!("Buy it for {price}?")).ask_as("buy").await?;
    Ok(format!("{buys} for {price}"))
}

/// Ask two things under one name.
#[mcp_tool]
async fn twice(ctx: Ctx) -> Result<String, ToolError> {
    let first: String = ctx.elicit("The first?").ask_as("it").await?;
    let second: String = ctx.elicit("The second?").ask_as("it").await?;
    Ok(format!("{first}, {second}"))
}

/// Something to read, if its reader says please.
#[mcp_resource("asked://{id}")]
async fn asked(id: String, ctx: Ctx) -> Result<String, ToolError> {
    let word: String = ctx.elicit(format!("The word for {id}?")).await?;
    Ok(format!("{id}: {word}"))
}

/// Something to say, if its speaker says how.
#[mcp_prompt]
async fn told(topic: String, ctx: Ctx) -> Result<String, ToolError> {
    let tone: String = ctx.elicit(format!("How is one to speak of {topic}?")).await?;
    Ok(format!("Speak of {topic}, {tone}."))
}

#[mcp_completion(prompt = "told", arg = "topic")]
async fn topics(typed: String, ctx: Ctx) -> Vec<String> {
    match ctx.elicit::<String>("Which topic?").await {
        Ok(topic) => vec![topic],
        Err(error) => vec![format!("{typed}: {error}")],
    }
}

/// Wait for an answer, but not longer than so many milliseconds.
#[mcp_tool]
async fn hasty(milliseconds: u64, ctx: Ctx) -> Result<String, ToolError> {
    match timeout(Duration::from_millis(milliseconds), async { ctx.elicit::<String>("Quick?").await }).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Ok("too late".to_owned()),
    }
}

/// Ask two things, and take the answer that comes first.
#[mcp_tool]
async fn either(ctx: Ctx) -> Result<String, ToolError> {
    let (one, other) = (ctx.elicit::<String>("One?"), ctx.elicit::<String>("The other?"));
    let first = tokio::select! {
        biased;
        one = async { one.await } => format!("one: {}", one?),
        other = async { other.await } => format!("the other: {}", other?),
    };
    let last: String = ctx.elicit("And then?").await?;
    Ok(format!("{first}, {last}"))
}

/// Ask much at once.
#[mcp_tool]
async fn many(count: usize, ctx: Ctx) -> Result<String, ToolError> {
    let questions = (0..count).map(|n| {
        let ctx = ctx.clone();
        async move { ctx.elicit::<String>(format!("{n}?")).await }
    });
    let answers: Result<Vec<String>, AskError> = join_all(questions).await.into_iter().collect();
    Ok(answers?.join(" "))
}

/// Ask in a task of its own.
#[mcp_tool(task)]
async fn elsewhere(ctx: Ctx) -> Result<String, ToolError> {
    let asking = tokio::spawn(async move { ctx.elicit::<String>("From elsewhere?").await });
    Ok(asking.await??)
}

/// Ask something a while after something else has begun.
#[mcp_tool]
async fn later(ctx: Ctx) -> Result<String, ToolError> {
    let (first, second) = tokio::join!(async { ctx.elicit::<String>("Now?").await }, async {
        sleep(Duration::from_millis(100)).await;
        ctx.elicit::<String>("And later?").await
    },);
    Ok(format!("{}, {}", first?, second?))
}

/// Hold something while an answer is waited for.
#[mcp_tool]
async fn holds(ctx: Ctx, running: State<Running>) -> Result<String, ToolError> {
    let _held = running.hold();
    let answer: String = ctx.elicit("Still there?").await?;
    Ok(answer)
}

/// Take a second for everything but the answer.
#[mcp_tool(timeout = "2s")]
async fn limited(after: u64, ctx: Ctx) -> Result<String, ToolError> {
    sleep(Duration::from_secs(1)).await;
    let answer: String = ctx.elicit("How long?").await?;
    sleep(Duration::from_millis(after)).await;
    Ok(answer)
}

/// Ask, and never end.
#[mcp_tool(timeout = "2s")]
async fn endless(ctx: Ctx) -> Result<String, ToolError> {
    let answer: String = ctx.elicit("What for?").await?;
    drop(answer);
    pending().await
}

/// Ask in a task of its own, which never ends.
#[mcp_tool(timeout = "2s")]
async fn endless_elsewhere(ctx: Ctx) -> Result<String, ToolError> {
    let asking = tokio::spawn(async move {
        drop(ctx.elicit::<String>("What for?").await);
        pending::<()>().await;
    });
    asking.await?;
    Ok(String::new())
}

/// Take a step in a task of its own, which takes longer than anything but a step may, and ask meanwhile.
#[mcp_tool(task)]
async fn exports(ctx: Ctx, running: State<Running>) -> Result<String, ToolError> {
    let (elsewhere, running) = (ctx.clone(), Running::clone(&running));
    let export = tokio::spawn(async move {
        let step = async {
            let _held = running.hold();
            sleep(Duration::from_millis(500)).await;
            Ok::<_, ToolError>("exported".to_owned())
        };
        elsewhere.step("export", step).await
    });
    // It has begun before anything is asked.
    tokio::task::yield_now().await;
    let answer: String = ctx.elicit("Publish?").await?;
    Ok(format!("{} {answer}", export.await??))
}

/// Do something once, in a task of its own.
#[mcp_tool(task)]
async fn pays(ctx: Ctx, running: State<Running>) -> Result<String, ToolError> {
    let running = Running::clone(&running);
    let act = async move {
        drop(running.hold());
        Ok::<_, ToolError>("paid".to_owned())
    };
    tokio::spawn(async move { ctx.once("pay", act).await }).await?
}

/// Try a step again that has failed.
#[mcp_tool(task)]
async fn tries(ctx: Ctx) -> Result<String, ToolError> {
    let broken = async { Err::<String, _>(ToolError::tell("broken")) };
    let failed = ctx.step("try", broken).await.unwrap_err();
    let given: String = ctx.step("try", async { Ok::<_, ToolError>("done".to_owned()) }).await?;
    let twice = ctx.step("try", async { Ok::<_, ToolError>(String::new()) }).await;
    Ok(format!("{failed}, {given}, {}", twice.is_err()))
}

/// Ask, take a step, and do something once, all after the function has ended.
#[mcp_tool(task)]
async fn afterwards(ctx: Ctx, running: State<Running>) -> &'static str {
    for what in 0..3 {
        let (ctx, running) = (ctx.clone(), Running::clone(&running));
        tokio::spawn(async move {
            let _held = running.hold();
            ctx.cancelled().await;
            sleep(Duration::from_millis(10)).await;
            let act = async { Ok::<_, ToolError>(String::new()) };
            match what {
                0 => assert_eq!(ctx.elicit::<bool>("Rate us?").await, Err(AskError::Cancelled)),
                1 => assert!(ctx.step("late", act).await.is_err()),
                _ => drop(ctx.once("late", act).await),
            }
        });
    }
    "ended"
}
