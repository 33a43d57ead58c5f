//! Runs a throwaway cluster until standard input ends, and prints its address: for `scripts/sqlx`.

use std::io::Read;

#[allow(clippy::print_stdout, reason = "the address is what the script reads")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: scratch FOLDER")?;
    let cluster = pg::Managed::start_blocking(&pg::Config::new(folder).profile(pg::Profile::Test))?;
    println!("{}", cluster.url());
    std::io::stdin().read_to_end(&mut Vec::new())?;
    cluster.stop_blocking()?;
    Ok(())
}
