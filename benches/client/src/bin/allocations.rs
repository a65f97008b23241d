//! `allocations CLIENT SOCKET`: the number and the bytes of all allocations while a list of containers is read, growth
//! of a buffer included. A first list, which opens the connection, is not counted. It is a program of its own, because
//! to count allocations slows them.

#[path = "../client.rs"]
#[allow(dead_code, reason = "only lists are counted")]
mod client;

use client::Client;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [name, socket] = &arguments[..] else { return Err("usage: allocations CLIENT SOCKET".into()) };
    let client = Client::new(name, socket)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let expected = runtime.block_on(client.list())?;
    let mut list = None;
    let counted = allocation_counter::measure(|| list = Some(runtime.block_on(client.list())));
    assert_eq!(list.ok_or("nothing was counted")??, expected);
    println!("{} {}", counted.count_total, counted.bytes_total);
    Ok(())
}
