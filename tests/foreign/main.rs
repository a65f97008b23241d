//! Rules for the client of any API: each operation of the description has a row, reaches a server as the description
//! says, and makes a tool that clients accept. `run` compiles this with the descriptions of other APIs, so no generated
//! type is named.

mod description;
mod requests;
mod tools;
