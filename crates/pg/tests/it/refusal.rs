use std::fs;

use pg::{Error, Managed};

use crate::scene::Scene;

#[tokio::test]
async fn a_newer_format_is_refused_untouched() {
    let scene = Scene::new();
    fs::create_dir(scene.data_dir()).unwrap();
    let text = r#"{"format": 7, "postgres_major": "eighteen", "cells": []}"#;
    fs::write(scene.data_dir().join("stoa.version"), text).unwrap();

    let cause = Managed::start(scene.config()).await.unwrap_err();
    assert!(
        matches!(
            cause,
            Error::NewerFormat {
                found: 7,
                known: 1,
                ..
            }
        ),
        "{cause:?}"
    );
    assert!(
        cause.to_string().contains("run that version or a later one"),
        "{cause}"
    );
    assert_eq!(
        fs::read_to_string(scene.data_dir().join("stoa.version")).unwrap(),
        text
    );
    assert_eq!(
        fs::read_dir(scene.data_dir()).unwrap().count(),
        1,
        "nothing was added"
    );
}

#[tokio::test]
async fn a_version_file_that_is_none_is_refused() {
    let scene = Scene::new();
    fs::create_dir(scene.data_dir()).unwrap();
    fs::write(scene.data_dir().join("stoa.version"), "fifteen").unwrap();
    let cause = Managed::start(scene.config()).await.unwrap_err();
    assert!(matches!(cause, Error::BadVersionFile { .. }), "{cause:?}");
}

#[tokio::test]
async fn a_cluster_of_a_major_that_is_not_installed_is_refused() {
    let scene = Scene::new();
    scene.start().await.stop().await.unwrap();
    let file = scene.cluster().join("PG_VERSION");
    let real = fs::read_to_string(&file).unwrap();
    fs::write(&file, "99\n").unwrap();

    let cause = Managed::start(scene.config()).await.unwrap_err();
    let Error::OtherMajor {
        found: 99, installed, ..
    } = &cause
    else {
        panic!("{cause:?}")
    };
    assert!(installed.contains(&real.trim().parse().unwrap()), "{installed:?}");
    println!("{cause}");
    assert!(cause.to_string().contains("pg_dumpall"), "{cause}");

    fs::write(&file, real).unwrap();
    scene.start().await.stop().await.unwrap();
}

/// An unmounted disk must not look like a first run.
#[tokio::test]
async fn a_lost_cluster_is_not_replaced_by_an_empty_one() {
    let scene = Scene::new();
    scene.start().await.stop().await.unwrap();
    fs::rename(scene.cluster(), scene.path().join("elsewhere")).unwrap();
    let cause = Managed::start(scene.config()).await.unwrap_err();
    assert!(matches!(cause, Error::ClusterLost { .. }), "{cause:?}");

    fs::rename(scene.path().join("elsewhere"), scene.cluster()).unwrap();
    scene.start().await.stop().await.unwrap();
}

#[tokio::test]
async fn a_data_directory_that_is_a_file_is_refused() {
    let scene = Scene::new();
    fs::write(scene.data_dir(), "").unwrap();
    let cause = Managed::start(scene.config()).await.unwrap_err();
    assert!(matches!(cause, Error::Io { .. }), "{cause:?}");
}
