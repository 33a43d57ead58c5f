//! What a batch of placements costs in messages, and that each of its commands is answered for itself all the same.

use crate::poison::{command, ordering, place_as_one_batch};
use crate::world::World;
use checkout::Error;
use checkout::till::place::Placement;
use kernel::limits::IDEMPOTENCY_TTL_S;
use kernel::{CartId, Clock};
use std::io;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream, tcp, unix};
use tokio_postgres::Config;
use tokio_postgres::config::Host;

/// What was asked on each connection: words as they were sent, and `statement` for each that was prepared before.
type Asked = Arc<Mutex<Vec<Vec<String>>>>;

/// Stands between the till and PostgreSQL and writes down what is asked.
struct Relay {
    url: String,
    asked: Asked,
}

impl Relay {
    #[allow(clippy::disallowed_methods, reason = "the wires die with the test")]
    async fn before(url: &str) -> Self {
        let config = Config::from_str(url).unwrap();
        let Some(Host::Unix(directory)) = config.get_hosts().first() else {
            panic!("{url} names no socket");
        };
        let socket = directory.join(format!(".s.PGSQL.{}", config.get_ports()[0]));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!(
            "postgres://{}@{}/{}",
            config.get_user().unwrap(),
            listener.local_addr().unwrap(),
            config.get_dbname().unwrap()
        );
        let asked = Asked::default();
        let kept = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((till, _)) = listener.accept().await {
                tokio::spawn(pass_on(till, socket.clone(), Arc::clone(&kept)));
            }
        });
        Self { url, asked }
    }

    /// How many messages each transaction was, of those that were committed.
    fn transactions(&self) -> Vec<usize> {
        let asked = self.asked.lock().unwrap();
        let mut sizes = Vec::new();
        for connection in asked.iter() {
            let mut begun = None;
            for (place, words) in connection.iter().enumerate() {
                match words.as_str() {
                    "begin" => begun = Some(place),
                    "commit" => sizes.extend(begun.take().map(|begun| place + 1 - begun)),
                    _ => {}
                }
            }
        }
        sizes
    }
}

async fn pass_on(till: TcpStream, socket: PathBuf, asked: Asked) {
    let connection = {
        let mut asked = asked.lock().unwrap();
        asked.push(Vec::new());
        asked.len() - 1
    };
    let (mut answers, postgres) = UnixStream::connect(socket).await.unwrap().into_split();
    let (questions, mut till) = till.into_split();
    tokio::select! {
        _ = listen(questions, postgres, &asked, connection) => {}
        _ = tokio::io::copy(&mut answers, &mut till) => {}
    }
}

async fn listen(
    mut till: tcp::OwnedReadHalf,
    mut postgres: unix::OwnedWriteHalf,
    asked: &Asked,
    connection: usize,
) -> io::Result<()> {
    // What begins a connection has no kind.
    let start = read_message(&mut till, Vec::new()).await?;
    postgres.write_all(&start).await?;
    loop {
        let kind = till.read_u8().await?;
        let message = read_message(&mut till, vec![kind]).await?;
        let words = match kind {
            // Behind kind and length: text that ends with a zero.
            b'Q' => Some(String::from_utf8_lossy(&message[5..message.len() - 1]).into_owned()),
            // Whoever sends it waits for all that was asked before: one for each statement.
            b'S' => Some("statement".to_owned()),
            _ => None,
        };
        asked.lock().unwrap()[connection].extend(words);
        postgres.write_all(&message).await?;
    }
}

/// Reads a message of the protocol behind what was read of it: its length, which counts itself, and its body.
async fn read_message(from: &mut tcp::OwnedReadHalf, mut read: Vec<u8>) -> io::Result<Vec<u8>> {
    let length = from.read_u32().await?;
    read.extend(length.to_be_bytes());
    let body = read.len();
    read.resize(body + length as usize - size_of::<u32>(), 0);
    from.read_exact(&mut read[body..]).await?;
    Ok(read)
}

#[tokio::test]
async fn a_batch_is_six_messages_however_many_orders_it_has() {
    let world = World::new().await;
    let bowl = world.offer(100).await;
    for orders in [1, 24] {
        let relay = Relay::before(world.db.url()).await;
        let commands = (0..orders).map(|_| command(&world, &bowl, "Bowl")).collect();
        let outcomes = place_as_one_batch(&relay.url, commands).await;
        assert!(outcomes.iter().all(|o| matches!(o, Ok(Placement::Placed))));
        // Begin, claims, orders, levels locked; stock, commit.
        assert_eq!(relay.transactions(), [6], "{orders} orders");
    }
    assert_eq!(world.level(&bowl).await, (100, 25));
    world.assert_clean(&world.stopped_instance()).await;
}

#[tokio::test]
async fn a_key_whose_answer_has_expired_is_claimed_like_a_new_one() {
    let world = World::new().await;
    let bowl = world.offer(100).await;
    let relay = Relay::before(world.db.url()).await;
    for _ in 0..2 {
        let cart = CartId::new(world.clock.now());
        let commands = vec![ordering(&world, &bowl, "Bowl", cart, "every day")];
        let outcomes = place_as_one_batch(&relay.url, commands).await;
        assert!(matches!(outcomes[..], [Ok(Placement::Placed)]), "{outcomes:?}");
        world
            .clock
            .advance(Duration::from_secs(u64::from(IDEMPOTENCY_TTL_S)));
    }
    assert_eq!(relay.transactions(), [6, 6]);
    assert_eq!(world.level(&bowl).await, (100, 2));
}

/// One whose key or cart was used before finds so, whoever is in the batch with it, and uses up nothing else.
#[tokio::test]
async fn what_was_asked_for_before_is_told_apart_from_what_is_new() {
    let world = World::new().await;
    let bowl = world.offer(100).await;
    let [used, unused] = [(); 2].map(|()| CartId::new(world.clock.now()));
    let place = async |cart, key: &str| {
        let commands = vec![
            command(&world, &bowl, "Bowl"),
            ordering(&world, &bowl, "Bowl", cart, key),
            command(&world, &bowl, "Bowl"),
        ];
        let id = commands[1].new.order.id;
        let mut outcomes = place_as_one_batch(world.db.url(), commands).await;
        let others = [outcomes.remove(2), outcomes.remove(0)];
        assert!(others.iter().all(|o| matches!(o, Ok(Placement::Placed))));
        (id, outcomes.remove(0))
    };

    let (first, outcome) = place(used, "first").await;
    assert!(matches!(outcome, Ok(Placement::Placed)), "{outcome:?}");
    let (_, outcome) = place(unused, "first").await;
    assert!(
        matches!(outcome, Ok(Placement::Replayed(Ok(order))) if order == first),
        "{outcome:?}"
    );
    let (_, outcome) = place(used, "second").await;
    assert!(
        matches!(outcome, Err(Error::CartOrdered(order)) if order == first),
        "{outcome:?}"
    );
    let (_, outcome) = place(unused, "third").await;
    assert!(matches!(outcome, Ok(Placement::Placed)), "{outcome:?}");

    assert_eq!(world.level(&bowl).await, (100, 10));
    world.assert_clean(&world.stopped_instance()).await;
}
