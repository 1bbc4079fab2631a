//! What the extension for skills answers. Only the newest revision has it, so there is nothing to render down.

use super::face::end_page;
use crate::{
    catalog::List,
    protocol::{
        message::write_json,
        skills::{Child, Skill},
    },
};

/// What there is to know of a skill, without what every result ends with.
pub(super) fn write_skill(out: &mut Vec<u8>, skill: &Skill) {
    out.extend_from_slice(b"{\"skill\":");
    write_json(out, skill);
}

/// One page of what is in a folder, without what every result ends with.
pub(super) fn write_folder(out: &mut Vec<u8>, children: &List<Child>, page: usize) {
    out.extend_from_slice(b"{\"resources\":[");
    let range = children.pages().ranges().nth(page).unwrap_or_default();
    for at in range.clone() {
        if at > range.start {
            out.push(b',');
        }
        write_json(out, &*children.entries()[at]);
    }
    end_page(out, children.pages().after(page));
}
