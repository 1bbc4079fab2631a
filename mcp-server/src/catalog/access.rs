//! Who may use a tool, a resource or a prompt, as its author says it: with an annotation, or by hand.
//!
//! Takes the words, gives one [`Access`], and says what is wrong with them. Knows no caller: whether somebody may is
//! decided elsewhere.

use std::borrow::Cow;

use super::descriptor::{Rate, Rules};
use crate::scope::{ScopeSet, Scopes, flaw};

/// Who may use something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Access {
    pub(crate) need: Need,
    /// The scopes, as clients are told them.
    pub(crate) scopes: Vec<Cow<'static, str>>,
    /// A client is asked to begin with these scopes.
    pub(crate) is_start: bool,
}

/// What a caller must have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Need {
    /// Nothing.
    #[default]
    Nothing,
    /// A token.
    Token,
    /// A token with all of these.
    Scopes(ScopeSet),
}

impl Need {
    /// The scopes that a token must have.
    pub(crate) fn scopes(self) -> ScopeSet {
        match self {
            Self::Scopes(scopes) => scopes,
            Self::Nothing | Self::Token => ScopeSet::default(),
        }
    }
}

/// What a server has decided of who may come in, as far as annotations have to do with it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Admission {
    pub(crate) door: Guarded,
    /// What what isn't marked is taken for.
    pub(crate) unmarked: Mark,
    pub(crate) scopes: Scopes,
    /// Whether callers with a token see in lists what they lack scopes for.
    pub(crate) lists_all: bool,
    /// How often each caller may call what says nothing of that.
    pub(crate) rate: Option<Rate>,
}

/// Whether callers are known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Guarded {
    /// Nobody has said.
    #[default]
    Undecided,
    /// They aren't, and that was said.
    Open,
    /// They are.
    Checked,
}

/// What its author says of its callers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Mark {
    /// Nothing.
    #[default]
    Unmarked,
    /// They may stay unknown.
    Public,
    /// They have a token, whatever its scopes.
    Authenticated,
    /// They have a token with all of these scopes, of which there is at least one.
    Scopes(Vec<Cow<'static, str>>),
}

/// The words as they were said, which may contradict each other.
#[derive(Debug, Clone, Default)]
#[allow(clippy::struct_excessive_bools)]
pub(super) struct Words {
    pub(super) scopes: Vec<Cow<'static, str>>,
    pub(super) public: bool,
    pub(super) authenticated: bool,
    pub(super) start: bool,
    /// There is no place to mark it: without a default of the server's it is for every caller with a token.
    pub(super) is_implied: bool,
}

impl From<&Rules> for Words {
    fn from(rules: &Rules) -> Self {
        Self {
            scopes: rules.scopes.iter().copied().map(Cow::Borrowed).collect(),
            public: rules.public,
            authenticated: rules.authenticated,
            start: rules.start,
            is_implied: false,
        }
    }
}

impl Words {
    /// What they come to at a server that has decided so; says what is wrong with them. Those that contradict each
    /// other come to the strictest.
    pub(super) fn access(&self, admission: &Admission, wrong: &mut Vec<String>) -> Access {
        let access = admission.access(self.mark(wrong), self.is_implied, wrong);
        Access { is_start: self.start, ..access }
    }

    fn mark(&self, wrong: &mut Vec<String>) -> Mark {
        wrong.extend(self.contradiction().map(str::to_owned));
        wrong.extend(self.scopes.iter().filter_map(|scope| flaw(scope)));
        match self {
            Self { scopes, .. } if !scopes.is_empty() => Mark::Scopes(distinct(scopes)),
            Self { authenticated: true, .. } => Mark::Authenticated,
            Self { public: true, .. } => Mark::Public,
            _ => Mark::Unmarked,
        }
    }

    fn contradiction(&self) -> Option<&'static str> {
        match (self.public, self.authenticated, !self.scopes.is_empty(), self.start) {
            (true, _, true, _) => Some(
                "`public` lets callers stay unknown, and `scope` needs to know them; remove one of the two",
            ),
            (true, true, ..) => Some(
                "`public` lets callers stay unknown, and `authenticated` needs to know them; remove one of the two",
            ),
            (_, true, true, _) => Some(
                "`authenticated` lets in every caller with a token, and `scope` only some of them; remove one of the two",
            ),
            (_, _, false, true) => Some(
                "`start` has clients begin with its scopes, and it has none; add a `scope`, or remove `start`",
            ),
            _ => None,
        }
    }
}

impl Admission {
    fn access(&self, mark: Mark, is_implied: bool, wrong: &mut Vec<String>) -> Access {
        let is_unmarked = mark == Mark::Unmarked && self.unmarked == Mark::Unmarked;
        if is_unmarked && !is_implied && self.door == Guarded::Checked {
            wrong.push(UNMARKED.to_owned());
        }
        let mark = match mark {
            Mark::Unmarked if self.unmarked != Mark::Unmarked => self.unmarked.clone(),
            Mark::Unmarked if self.door == Guarded::Checked => Mark::Authenticated,
            mark => mark,
        };
        let (need, scopes) = match mark {
            Mark::Unmarked | Mark::Public => (Need::Nothing, Vec::new()),
            Mark::Authenticated => (Need::Token, Vec::new()),
            Mark::Scopes(scopes) => match self.scopes.needed(scopes.iter().map(|scope| &**scope)) {
                Ok(set) => (Need::Scopes(set), scopes),
                Err(error) => {
                    wrong.push(error.to_string());
                    (Need::Token, scopes)
                }
            },
        };
        Access { need, scopes, is_start: false }
    }

    /// Who may use what has no place for a mark.
    pub(super) fn implied(&self) -> Access {
        self.access(Mark::Unmarked, true, &mut Vec::new())
    }
}

const UNMARKED: &str = "says nothing of its callers, and this server has authentication: mark it with `scope = \"..\"`, `authenticated` or `public`, or say what holds for all that isn't marked with `.default_scope(\"..\")` or `.default_authenticated()`";

impl Access {
    /// The scopes, separated by spaces.
    pub(crate) fn scope(&self) -> String {
        self.scopes.join(" ")
    }

    /// Who may use what both are of: what both need, with this one's scopes first.
    pub(crate) fn with(&self, other: &Self) -> Self {
        let need = match (self.need, other.need) {
            (Need::Scopes(one), Need::Scopes(other)) => Need::Scopes(one.with(other)),
            (need @ Need::Scopes(_), _) | (_, need @ Need::Scopes(_)) => need,
            (Need::Token, _) | (_, Need::Token) => Need::Token,
            (Need::Nothing, Need::Nothing) => Need::Nothing,
        };
        let scopes: Vec<_> = self.scopes.iter().chain(&other.scopes).cloned().collect();
        Self { need, scopes: distinct(&scopes), is_start: self.is_start }
    }
}

/// The scopes, each once: as they are sent to clients.
fn distinct(scopes: &[Cow<'static, str>]) -> Vec<Cow<'static, str>> {
    let mut kept = Vec::with_capacity(scopes.len());
    for scope in scopes {
        if !kept.contains(scope) {
            kept.push(scope.clone());
        }
    }
    kept
}

/// The words of annotations, for what is built by hand: methods of a type with a field `words`.
macro_rules! words_by_hand {
    ($thing:ty) => {
        impl $thing {
            /// Adds a scope that a caller's token must have, such as `files:read`. Of several, it must have all.
            #[must_use]
            pub fn scope(mut self, scope: impl Into<Cow<'static, str>>) -> Self {
                self.words.scopes.push(scope.into());
                self
            }

            /// Adds several scopes, all of which a caller's token must have.
            #[must_use]
            pub fn scopes(mut self, scopes: impl IntoIterator<Item = impl Into<Cow<'static, str>>>) -> Self {
                self.words.scopes.extend(scopes.into_iter().map(Into::into));
                self
            }

            /// For callers without a token too, also where the server wants tokens.
            #[must_use]
            pub fn public(mut self) -> Self {
                self.words.public = true;
                self
            }

            /// For every caller with a token, whatever its scopes.
            #[must_use]
            pub fn authenticated(mut self) -> Self {
                self.words.authenticated = true;
                self
            }

            /// How often each caller may call it: `calls` in `per`, all of them at once if they like. One more is refused
            /// until its time has come, with HTTP status 429 and `Retry-After`. At least one call.
            #[must_use]
            pub fn rate(mut self, calls: u32, per: Duration) -> Self {
                self.rules.rate = Some(Rate { calls: calls.max(1), per });
                self
            }

            /// How many calls of it may run at once for each caller, at least one. One more is refused with HTTP status
            /// 429.
            #[must_use]
            pub fn concurrency(mut self, calls: u32) -> Self {
                self.rules.concurrency = Some(calls.max(1));
                self
            }

            /// Has clients begin with the scopes given here: the server names them in its `scopes_supported`, and
            /// those of other things when they are needed.
            #[must_use]
            pub fn start(mut self) -> Self {
                self.words.start = true;
                self
            }
        }
    };
}
pub(super) use words_by_hand;

#[cfg(test)]
mod tests {
    use super::*;

    fn come_to(words: &Words) -> Mark {
        let mut wrong = Vec::new();
        let mark = words.mark(&mut wrong);
        assert!(wrong.is_empty(), "{wrong:?}");
        mark
    }

    #[test]
    fn both_ways_of_saying_it_come_to_the_same() {
        let rules = Rules { scopes: &["a", "b"], start: true, ..Rules::NONE };
        let by_hand =
            Words { scopes: vec!["a".into(), "b".to_owned().into()], start: true, ..Words::default() };
        let mark = come_to(&Words::from(&rules));
        assert_eq!(mark, Mark::Scopes(vec!["a".into(), "b".into()]));
        assert_eq!(mark, come_to(&by_hand));
        for (rules, mark) in [
            (Rules::NONE, Mark::Unmarked),
            (Rules { public: true, ..Rules::NONE }, Mark::Public),
            (Rules { authenticated: true, ..Rules::NONE }, Mark::Authenticated),
        ] {
            assert_eq!(come_to(&Words::from(&rules)), mark);
        }
    }

    #[test]
    fn rs_21_what_is_not_marked_is_nobodys_by_accident() {
        let need = |door, unmarked: Mark, words: Words| {
            let (admission, mut wrong) = (Admission { door, unmarked, ..Admission::default() }, Vec::new());
            let access = words.access(&admission, &mut wrong);
            (access.need, wrong.len())
        };
        let implied = || Words { is_implied: true, ..Words::default() };
        let (checked, unmarked) = (Guarded::Checked, Mark::Unmarked);
        assert_eq!(need(checked, unmarked.clone(), Words::default()), (Need::Token, 1));
        assert_eq!(need(checked, Mark::Authenticated, Words::default()), (Need::Token, 0));
        assert!(matches!(
            need(checked, Mark::Scopes(vec!["a".into()]), Words::default()),
            (Need::Scopes(_), 0)
        ));
        assert_eq!(need(checked, unmarked.clone(), implied()), (Need::Token, 0));
        let public = Words { public: true, ..Words::default() };
        assert_eq!(need(checked, Mark::Authenticated, public), (Need::Nothing, 0));
        assert_eq!(need(Guarded::Undecided, unmarked.clone(), Words::default()), (Need::Nothing, 0));
        assert_eq!(need(Guarded::Open, unmarked, implied()), (Need::Nothing, 0));
    }

    #[test]
    fn what_two_need_is_everything_that_either_needs() {
        let admission = Admission { door: Guarded::Checked, ..Admission::default() };
        let of = |mark: Mark| admission.access(mark, true, &mut Vec::new());
        let scopes =
            |names: &[&'static str]| of(Mark::Scopes(names.iter().map(|name| (*name).into()).collect()));
        let (public, token) = (of(Mark::Public), of(Mark::Authenticated));
        assert_eq!(public.with(&public), public);
        assert_eq!(public.with(&token), token);
        assert_eq!(token.with(&scopes(&["a"])), scopes(&["a"]));
        assert_eq!(scopes(&["a"]).with(&public), scopes(&["a"]));
        assert_eq!(scopes(&["b", "a"]).with(&scopes(&["c", "a"])), scopes(&["b", "a", "c"]));
    }

    #[test]
    fn a_scope_said_twice_is_one() {
        let words = Words { scopes: vec!["a".into(), "b".into(), "a".into()], ..Words::default() };
        assert_eq!(come_to(&words), Mark::Scopes(vec!["a".into(), "b".into()]));
    }

    #[test]
    fn what_contradicts_itself_comes_to_the_strictest() {
        let access = |words: &Words| words.mark(&mut Vec::new());
        let mut words = Words { public: true, authenticated: true, ..Words::default() };
        assert_eq!(access(&words), Mark::Authenticated);
        words.scopes.push("a".into());
        assert_eq!(access(&words), Mark::Scopes(vec!["a".into()]));
    }
}
