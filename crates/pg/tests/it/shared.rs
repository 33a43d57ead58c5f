use std::fs;
use std::path::PathBuf;
use std::thread;

use crate::scene::{Other, Scene, is_server, kill_all};

const GET: &str = "shared test cluster";
const STOP: &str = "stop the shared test cluster";

fn data_dir(scene: &Scene) -> PathBuf {
    scene.path().join("testkit-pg")
}

#[test]
fn all_test_processes_find_one_server_that_outlives_them() {
    let scene = Scene::new();
    let servers: Vec<u32> = thread::scope(|scope| {
        let processes: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| Other::begin(GET, scene.path())))
            .collect();
        processes
            .into_iter()
            .map(|process| {
                let process = process.join().unwrap();
                let server = process.server;
                process.end();
                server
            })
            .collect()
    });
    assert_eq!(servers, vec![servers[0]; 4]);
    assert!(is_server(servers[0]));

    let later = Other::begin(GET, scene.path());
    assert_eq!(later.server, servers[0]);
    later.end();

    Other::begin(STOP, scene.path()).end();
    assert!(!is_server(servers[0]));
    Other::begin(STOP, scene.path()).end();
}

#[test]
fn a_killed_or_ruined_one_is_replaced() {
    let scene = Scene::new();
    let start = || {
        let process = Other::begin(GET, scene.path());
        let server = process.server;
        process.end();
        server
    };
    let first = start();
    kill_all(first);
    let second = start();
    assert_ne!(second, first);

    kill_all(second);
    let control = data_dir(&scene).join("postgres/cluster/global/pg_control");
    fs::write(&control, "not what was written").unwrap();
    let third = start();
    assert!(is_server(third));
    assert_eq!(fs::metadata(&control).unwrap().len(), 8192, "made anew");

    // Started before the machine was: nothing in it can be trusted.
    kill_all(third);
    fs::write(data_dir(&scene).join("boot"), "another boot").unwrap();
    let mark = data_dir(&scene).join("postgres/cluster/local.conf");
    fs::write(&mark, "").unwrap();
    let fourth = start();
    assert!(is_server(fourth) && !mark.exists());

    // The target directory was deleted under a running server.
    fs::remove_dir_all(data_dir(&scene)).unwrap();
    let fifth = start();
    assert!(is_server(fifth) && !is_server(fourth));
}

#[test]
fn a_target_directory_that_the_servers_user_cannot_enter() {
    let scene = Scene::with_mode(0o700);
    let process = Other::begin(GET, scene.path());
    assert!(is_server(process.server));
    process.end();
    Other::begin(STOP, scene.path()).end();
}
