//! The walk of a value beside its schema.

use jsonschema::{ValidationError, error::ValidationErrorKind as Rule};
use serde_json::{Map, Value};

use super::{
    super::outline::{PartId, SchemaPart},
    Explainer, LONGEST_SHOWN, MOST_STEPS, Problems, ValuePath, join, suggestion, unknown_member,
};

/// How many parts may be about the same value, one in the other. A reference to itself ends here.
const DEEPEST_IN_PLACE: usize = 16;

/// What is wrong with a value.
pub(super) fn problems(explainer: Explainer<'_>, value: &Value) -> Problems {
    let mut walk = ExplainWalk { explainer, found: Problems::default(), steps: MOST_STEPS, in_place: 0 };
    walk.visit(0, value, &ValuePath::Root);
    walk.found.steps = MOST_STEPS - walk.steps;
    if walk.steps == 0 && walk.found.told.is_empty() {
        let text = "What is wrong was not found in so many values; send less at once.";
        walk.found.add(|| text.to_owned());
    }
    walk.found
}

pub(super) struct ExplainWalk<'w> {
    pub(super) explainer: Explainer<'w>,
    pub(super) found: Problems,
    steps: usize,
    /// How many parts about the value at hand are being visited.
    in_place: usize,
}

impl ExplainWalk<'_> {
    /// Finds what a part has against a value.
    pub(super) fn visit(&mut self, id: PartId, value: &Value, spot: &ValuePath<'_>) {
        if !self.step() || self.in_place == DEEPEST_IN_PLACE {
            return;
        }
        self.in_place += 1;
        let part = self.explainer.outline.part(id);
        if part.takes_nothing {
            self.found.add(|| spot.say("nothing is taken here."));
        }
        self.own_rules(id, value, spot);
        for same in &part.same {
            self.visit(*same, value, spot);
        }
        for choice in &part.choices {
            self.choose(choice, value, spot);
        }
        self.conditions(part, value, spot);
        match value {
            Value::Object(members) => self.members(id, members, spot),
            Value::Array(items) => self.items(part, items, spot),
            _ => {}
        }
        self.in_place -= 1;
    }

    /// Takes a step, if there is one left and something left to find.
    fn step(&mut self) -> bool {
        self.steps = self.steps.saturating_sub(1);
        self.steps > 0 && !self.found.are_enough()
    }

    /// Asks the validator about a part. That costs as many steps as the value holds values; without them, it takes it.
    pub(super) fn takes(&mut self, id: PartId, value: &Value) -> bool {
        self.steps = self.steps.saturating_sub(size(value, self.steps));
        self.steps == 0 || self.explainer.outline.takes(id, value)
    }

    /// What is inside a value has parts of its own.
    fn enter(&mut self, id: PartId, value: &Value, spot: &ValuePath<'_>) {
        let outside = std::mem::take(&mut self.in_place);
        self.visit(id, value, spot);
        self.in_place = outside;
    }

    fn own_rules(&mut self, id: PartId, value: &Value, spot: &ValuePath<'_>) {
        let explainer = self.explainer;
        let Some(rules) = explainer.outline.rules(id).filter(|rules| !rules.is_valid(value)) else { return };
        for problem in rules.iter_errors(value) {
            self.found.add(|| explainer.say(&problem, value, spot));
        }
    }

    fn conditions(&mut self, part: &SchemaPart, value: &Value, spot: &ValuePath<'_>) {
        if let Some(not) = part.not
            && self.takes(not, value)
            && self.steps > 0
        {
            self.found.add(|| spot.say("is what the schema's `not` excludes."));
        }
        if let Some((first, then, other)) = part.condition
            && let Some(next) = if self.takes(first, value) { then } else { other }
        {
            self.visit(next, value, spot);
        }
        for (name, dependent) in &part.dependent {
            if value.get(name).is_some() {
                self.visit(*dependent, value, spot);
            }
        }
    }

    fn members(&mut self, id: PartId, members: &Map<String, Value>, spot: &ValuePath<'_>) {
        let outline = self.explainer.outline;
        let part = outline.part(id);
        let is_closed = |id: Option<PartId>| id.is_some_and(|id| outline.part(id).takes_nothing);
        let (closed, closed_to_rest) = (is_closed(part.additional), is_closed(part.unevaluated));
        for (name, value) in members {
            if !self.step() {
                return;
            }
            if let Some(names) = part.names {
                let name = Value::from(name.as_str());
                if !self.takes(names, &name) {
                    self.found
                        .add(|| spot.say("has a member whose name the schema's `propertyNames` excludes."));
                }
            }
            let found = part.of_member(name);
            let is_unknown = closed && found.first().copied() == part.additional;
            if is_unknown || (closed_to_rest && !outline.names_member(id, name)) {
                let known =
                    || if is_unknown { own_members(outline.words(id)) } else { outline.known_members(id) };
                self.found.add(|| unknown_member(spot, name, &known()));
                continue;
            }
            for id in found {
                self.enter(id, value, &ValuePath::Member(spot, name));
            }
        }
    }

    fn items(&mut self, part: &SchemaPart, items: &[Value], spot: &ValuePath<'_>) {
        for (index, item) in items.iter().enumerate() {
            let Some(id) = part.of_item(index) else { break };
            if !self.step() {
                return;
            }
            self.enter(id, item, &ValuePath::Item(spot, index));
        }
        if let Some(contains) = part.contains
            && !items.iter().any(|item| self.takes(contains, item))
        {
            self.found.add(|| spot.say("has no item that the schema's `contains` asks for."));
        }
    }
}

/// The names that the very part lists.
fn own_members(words: &Value) -> Vec<&str> {
    let properties = words.get("properties").and_then(Value::as_object);
    properties.into_iter().flat_map(Map::keys).map(String::as_str).collect()
}

/// How many values a value holds, itself included; no more than `most`.
fn size(value: &Value, most: usize) -> usize {
    let (mut count, mut open) = (0, vec![value]);
    while let Some(value) = open.pop() {
        count += 1;
        if count >= most {
            break;
        }
        match value {
            Value::Array(items) => open.extend(items),
            Value::Object(members) => open.extend(members.values()),
            _ => {}
        }
    }
    count
}

impl Explainer<'_> {
    /// One problem of a value with a rule about itself.
    fn say(self, problem: &ValidationError<'_>, value: &Value, spot: &ValuePath<'_>) -> String {
        match problem.kind() {
            Rule::Required { property } => {
                let name = join(&spot.path(), property.as_str().unwrap_or_default());
                format!("`{name}`: required, but missing.")
            }
            Rule::Enum { options } => {
                let options: Vec<&Value> = options.as_array().into_iter().flatten().collect();
                spot.say(&self.not_one_of(value, &options, spot))
            }
            _ if self.keeps_back(value, spot) => spot.say(&format!("{}.", problem.masked())),
            _ => spot.say(&format!("{problem}.")),
        }
    }

    /// "… is not one of …", with the nearest.
    pub(super) fn not_one_of(self, value: &Value, options: &[&Value], spot: &ValuePath<'_>) -> String {
        let given = value.as_str().unwrap_or_default();
        let names: Vec<&str> = options.iter().filter_map(|option| option.as_str()).collect();
        let shown = if self.keeps_back(value, spot) { "the value".to_owned() } else { value.to_string() };
        let listed: Vec<String> = options.iter().map(ToString::to_string).collect();
        format!("{shown} is not one of {}.{}", listed.join(", "), suggestion(given, &names))
    }

    /// Whether a problem is told without the value that has it: one that is secret, or long.
    fn keeps_back(self, value: &Value, spot: &ValuePath<'_>) -> bool {
        let long = match value {
            Value::String(text) => text.len() > LONGEST_SHOWN,
            Value::Array(_) | Value::Object(_) => true,
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        };
        long || match spot.argument() {
            Some(name) => self.secrets.iter().any(|secret| **secret == *name),
            None => !self.secrets.is_empty(),
        }
    }
}
