//! What holds for the client of any API, whatever it was generated from: each operation of the description is there, reaches a
//! server as the description says, and makes a tool that clients accept. `run` compiles this with the descriptions of other
//! APIs, so no generated type is named.

mod description;
mod requests;
mod tools;
