//! Text and files on their way to the other side, within its limits, and the footer below what has arrived.
//!
//! Imports the desk and the border.

mod carry;
pub(super) mod files;
pub(super) mod footer;

pub(super) use carry::{
    BODY_ROOM, Carried, ask, bring_comment_back, carry_body, carry_comment, carry_title, disarm, fits_comment,
    has_room_for_marker, keys_of, link, plain, quiet, quiet_line, shorten, with_crossing,
};
