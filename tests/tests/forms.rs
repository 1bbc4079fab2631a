//! Forms as a server checks them. Every form of this program is registered, and one of them can't be asked.

use mcp_server::{Form, FormSchema, McpServer};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

const ABOVE: u32 = line!();
#[derive(Form, Deserialize, JsonSchema)]
#[allow(dead_code)]
struct Wrong {
    name: String,
    #[schemars(regex(pattern = "^[0-9]+$"))]
    number: String,
    #[schemars(extend("uniqueItems" = true))]
    ways: Vec<Way>,
    password: String,
    #[serde(flatten)]
    rest: std::collections::HashMap<String, String>,
}

#[derive(Form, Deserialize, JsonSchema)]
#[allow(dead_code)]
enum Way {
    Post,
    Phone,
}

type Alias = Option<Vec<Way>>;

#[derive(Form, Deserialize, JsonSchema)]
#[allow(dead_code)]
struct Fine {
    ways: Alias,
    #[serde(skip)]
    kept: (u8, u8),
    #[schemars(with = "String")]
    #[serde(with = "self::text")]
    point: (u8, u8),
}

mod text {
    use serde::{Deserialize, Deserializer, de::Error};

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(u8, u8), D::Error> {
        let text = String::deserialize(deserializer)?;
        let (x, y) = text.split_once(',').ok_or_else(|| D::Error::custom("no comma"))?;
        Ok((x.parse().map_err(D::Error::custom)?, y.parse().map_err(D::Error::custom)?))
    }
}

#[test]
fn what_is_wrong_with_a_form_keeps_the_server_from_starting() {
    let error = McpServer::new("forms").build().unwrap_err();
    let problems = error.problems();
    let told: Vec<String> =
        problems.iter().map(|problem| format!("{}: {}", problem.subject(), problem.text())).collect();
    assert_eq!(told.len(), 4, "{told:#?}");
    assert!(told.iter().all(|text| text.starts_with("form `Wrong`: ")), "{told:#?}");
    for part in [
        "`number` is a text of a form, which can't have `pattern`",
        "`ways` is a choice of several",
        "`password` is a secret",
        "remove the map",
    ] {
        assert!(told.iter().any(|text| text.contains(part)), "{part}: {told:#?}");
    }
    for problem in problems {
        assert!(problem.place().file.ends_with("forms.rs") && problem.place().line == ABOVE + 3, "{problem}");
    }
}

#[test]
fn a_form_is_made_of_a_schema() {
    let schema =
        json!({"type": "object", "properties": {"city": {"enum": ["Ulm", "Bern"]}}, "required": ["city"]});
    let form = FormSchema::from_value(schema).unwrap();
    assert_eq!(form.schema()["properties"]["city"], json!({"type": "string", "enum": ["Ulm", "Bern"]}));
    let nested = json!({"type": "object", "properties": {"city": {"type": "object"}}});
    assert!(FormSchema::from_value(nested).unwrap_err().problems()[0].contains("`city` is an object"));
}
