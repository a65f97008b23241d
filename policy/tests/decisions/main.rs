//! Requests as they arrive, and the decisions that the reference policy must come to.

mod attacks;
mod changes;
mod clients;
mod corpus;
mod learned;
mod meaning;
mod mutations;
mod older;
mod support;
