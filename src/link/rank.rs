//! The order of the entities that one span may mean, and the score of the first.
//!
//! Invariant: scores lie in [0, 1]; ties go to the smaller id, so results never depend on the
//! order of a dictionary's tables.

use crate::annotate::Mention;
use crate::dict::Stage;

use super::claim::Claim;
use super::context::Context;

/// Prominence assumed where a dictionary states none.
const UNKNOWN_PRIOR: f32 = 0.25;

/// How much speaks for a claim, above 0: prior, and what else the document names.
pub(super) fn weight(mention: &Mention<'_>, claim: &Claim<'_>, context: Option<&Context>) -> f32 {
    let mut weight = match claim.prior {
        p if p > 0.0 => p,
        _ => UNKNOWN_PRIOR,
    };
    if let Some(context) = context {
        if context.names_otherwise(claim.entity, &mention.spelling.key) {
            weight += 1.0;
        }
        weight += 0.3 * context.share_of_country(&claim.country);
        if claim.is_family
            && let Some(distance) = context.nearest_whole(claim.entity, mention.range.start)
        {
            weight += 1.0 / (1.0 + (distance as f32) / 1000.0);
        }
    }
    if claim.stage == Stage::Exact {
        weight *= 1.2;
    }
    if claim.is_own_language {
        weight *= 1.2;
    }
    weight
}

/// The score of a match that holds `share` of the weight of all matches of its span.
pub(super) fn score(stage: Stage, share: f32, needs: usize) -> f32 {
    let base = match stage {
        Stage::Exact => 0.98,
        Stage::Folded | Stage::Inflected => 0.93,
        Stage::Coreference => 0.9,
        Stage::Convention | Stage::Scheme => 0.85,
        Stage::Fuzzy => 0.7,
    };
    let doubt = 0.97f32.powi(needs.min(8) as i32);
    let score = base * doubt * (0.4 + 0.6 * share.clamp(0.0, 1.0));
    (score.clamp(0.0, 1.0) * 1000.0).round() / 1000.0
}
