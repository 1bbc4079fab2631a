//! Content, for a revision: what it doesn't know becomes the nearest thing that it does.

use std::borrow::Cow;

use super::{Feature, knows};
use crate::protocol::{
    content::{Annotations, Content},
    prompts::PromptMessage,
    resources::ResourceContents,
    version::Revision,
};

/// The blocks of a result.
pub(in crate::era) fn blocks(content: &[Content], revision: Revision) -> Cow<'_, [Content]> {
    if content.iter().all(|block| is_known(block, revision)) {
        return Cow::Borrowed(content);
    }
    content.iter().enumerate().map(|(at, block)| self::block(block, at, revision)).collect()
}

/// The messages of a prompt.
pub(in crate::era) fn messages(messages: &[PromptMessage], revision: Revision) -> Cow<'_, [PromptMessage]> {
    if messages.iter().all(|message| is_known(&message.content, revision)) {
        return Cow::Borrowed(messages);
    }
    let known = messages.iter().enumerate().map(|(at, message)| PromptMessage {
        role: message.role,
        content: block(&message.content, at, revision),
    });
    known.collect()
}

/// The contents of resources.
pub(in crate::era) fn contents(
    contents: &[ResourceContents],
    revision: Revision,
) -> Cow<'_, [ResourceContents]> {
    if knows(revision, Feature::Meta) {
        return Cow::Borrowed(contents);
    }
    contents.iter().map(ResourceContents::without_meta).collect()
}

/// The annotations that a revision knows, if any are left.
pub(super) fn annotations(full: Annotations, revision: Revision) -> Option<Annotations> {
    if knows(revision, Feature::LastModified) { Some(full) } else { full.made_plain() }
}

fn is_known(block: &Content, revision: Revision) -> bool {
    let kind = match block {
        Content::ResourceLink(_) => knows(revision, Feature::Links),
        Content::Audio(_) => knows(revision, Feature::Audio),
        _ => true,
    };
    kind && (knows(revision, Feature::Meta) || block.is_plain())
}

fn block(block: &Content, at: usize, revision: Revision) -> Content {
    let known = match block {
        Content::ResourceLink(link) if !knows(revision, Feature::Links) => link.to_text().into(),
        Content::Audio(audio) if !knows(revision, Feature::Audio) => {
            audio.as_resource(format!("content://audio/{at}")).into()
        }
        other => other.clone(),
    };
    if knows(revision, Feature::Meta) { known } else { known.made_plain() }
}
