//! How many files the process may have open, as far as connections depend on it.

/// What is kept free for everything that isn't a connection: listeners, logs, what functions open. At least so many, and
/// at least one in [`RESERVED_PART`]; at most half of all.
const RESERVED: u64 = 64;
const RESERVED_PART: u64 = 16;

/// The most connections, of as many as are wanted: as many as the process may have files open, less a reserve. Raises the
/// soft limit to the hard one first.
pub(super) fn most_connections(wanted: usize) -> usize {
    let allowed = allowed().map(below).and_then(|most| usize::try_from(most).ok());
    let most = allowed.unwrap_or(usize::MAX).min(wanted);
    if most < wanted {
        tracing::info!(
            wanted,
            most,
            "the process may not open enough files for the connections wanted; raise the limit (`ulimit -n`), or lower \
             `max_connections`"
        );
    }
    most.max(1)
}

/// How many of these are for connections.
fn below(files: u64) -> u64 {
    files - (files / RESERVED_PART).max(RESERVED).min(files / 2)
}

/// How many files may be open; `None` where that has no limit, or isn't known.
#[cfg(unix)]
fn allowed() -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    match setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        Ok(()) => maximum,
        Err(error) => {
            tracing::debug!(%error, "the limit on open files can't be raised");
            current
        }
    }
}

#[cfg(not(unix))]
fn allowed() -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_the_descriptors_is_no_connection_s() {
        for (files, connections) in [(1_024, 960), (65_536, 61_440), (100, 50), (1, 1), (0, 0)] {
            assert_eq!(below(files), connections, "{files}");
        }
        assert_eq!(most_connections(1), 1);
        assert!(most_connections(usize::MAX) >= 1);
    }

    #[cfg(unix)]
    #[test]
    fn the_soft_limit_is_raised_to_the_hard_one() {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
        // As little as makes a difference: other tests open files meanwhile.
        let current = maximum.map_or(Some(1 << 20), |hard| Some(hard - 1));
        setrlimit(Resource::Nofile, Rlimit { current, maximum }).unwrap();
        let connections = most_connections(usize::MAX);
        let limit = getrlimit(Resource::Nofile);
        assert_eq!(limit.current, limit.maximum);
        assert!(
            u64::try_from(connections)
                .is_ok_and(|connections| limit.maximum.is_none_or(|hard| connections < hard))
        );
    }
}
