//! Wooden toys, and a rabbit.

use super::canvas::{Canvas, Id, Path, fill, line};
use super::colour::Rgb;
use super::decor::{self, Decor};
use super::label;
use super::lathe::{Finish, Lathe};
use super::spec::ArtSpec;
use super::stage::{self, CREAM, DARK};
use super::textile;
use crate::dice::Dice;

/// A turned wheel of radius 50, to be stamped.
fn wheel(canvas: &mut Canvas, colour: Rgb) -> Id {
    canvas.motif(|c| {
        c.circle(7.0, 2.0, 50.0, fill(colour.shade(0.5)));
        let face = c.linear(
            (-50.0, -50.0),
            (50.0, 50.0),
            &[(0.0, colour.light(0.35), 1.0), (1.0, colour.shade(0.25), 1.0)],
        );
        c.circle(0.0, 0.0, 50.0, fill(face));
        c.circle(0.0, 0.0, 34.0, line(colour.shade(0.3), 4.0).alpha(0.6));
        c.circle(0.0, 0.0, 11.0, fill(Rgb::hex(0xe3c394)));
        c.circle(-2.0, -2.0, 5.0, fill(CREAM));
    })
}

/// Sawn from a plank: a darker copy behind gives the thickness.
fn sawn(canvas: &mut Canvas, shape: &Path, colour: Rgb, from: (f32, f32), to: (f32, f32)) {
    let shape = canvas.shape(shape);
    for step in [16.0, 8.0] {
        canvas.open(step, -step * 0.55, 0.0, (1.0, 1.0));
        canvas.draw_shape(shape, fill(colour.shade(0.4)));
        canvas.close();
    }
    let face = canvas.linear(
        from,
        to,
        &[(0.0, colour.light(0.28), 1.0), (1.0, colour.shade(0.14), 1.0)],
    );
    canvas.draw_shape(shape, fill(face));
}

pub(crate) fn horse(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let rocking = spec.form == 1 || (spec.form == 0 && dice.chance(50));
    stage::cast(canvas, 0.0, 0.0, 250.0, 0.12);
    let lift = if rocking { -46.0 } else { -74.0 };
    let wood = spec.body;
    if rocking {
        for (dy, tone) in [(-26.0, 0.4), (0.0, 0.0)] {
            let mut runner = Path::from(-300.0, -92.0 + dy);
            runner
                .q(0.0, 74.0 + dy, 300.0, -92.0 + dy)
                .l(288.0, -122.0 + dy)
                .q(0.0, 34.0 + dy, -288.0, -122.0 + dy)
                .z();
            canvas.draw(&runner, fill(spec.trim.shade(tone)));
        }
    } else {
        canvas.rect(-236.0, -92.0, (490.0, 38.0), 12.0, fill(spec.trim.shade(0.4)));
        canvas.rect(-246.0, -84.0, (490.0, 38.0), 12.0, fill(spec.trim));
        canvas.rect(-246.0, -84.0, (490.0, 10.0), 5.0, fill(spec.trim.light(0.4)));
    }
    let mut body = Path::from(-170.0, lift);
    body.l(-176.0, lift - 130.0)
        .q(-206.0, lift - 210.0, -150.0, lift - 262.0)
        .q(-40.0, lift - 286.0, 60.0, lift - 262.0);
    body.q(100.0, lift - 330.0, 122.0, lift - 420.0)
        .l(118.0, lift - 462.0)
        .q(150.0, lift - 462.0, 166.0, lift - 436.0);
    body.q(222.0, lift - 408.0, 264.0, lift - 344.0)
        .q(270.0, lift - 306.0, 236.0, lift - 298.0)
        .q(204.0, lift - 318.0, 184.0, lift - 316.0);
    body.q(170.0, lift - 250.0, 176.0, lift - 170.0)
        .l(186.0, lift)
        .l(112.0, lift)
        .l(96.0, lift - 118.0)
        .q(0.0, lift - 150.0, -86.0, lift - 122.0)
        .l(-96.0, lift)
        .z();
    sawn(canvas, &body, wood, (-180.0, lift - 400.0), (200.0, lift));
    let mut grain = Path::from(-160.0, lift - 210.0);
    grain
        .q(-40.0, lift - 240.0, 60.0, lift - 214.0)
        .t(170.0, lift - 230.0)
        .m(-160.0, lift - 170.0)
        .q(-30.0, lift - 200.0, 60.0, lift - 172.0)
        .t(170.0, lift - 190.0);
    canvas.draw(&grain, line(wood.shade(0.4), 3.0).alpha(0.35));
    let mut mane = Path::from(116.0, lift - 452.0);
    mane.q(52.0, lift - 420.0, 60.0, lift - 366.0)
        .q(16.0, lift - 342.0, 36.0, lift - 296.0)
        .q(18.0, lift - 276.0, 44.0, lift - 254.0)
        .q(94.0, lift - 290.0, 122.0, lift - 400.0)
        .z();
    canvas.draw(&mane, fill(spec.ink));
    let mut tail = Path::from(-166.0, lift - 246.0);
    tail.q(-268.0, lift - 236.0, -238.0, lift - 110.0)
        .q(-214.0, lift - 150.0, -172.0, lift - 186.0)
        .z();
    canvas.draw(&tail, fill(spec.ink));
    let saddle = Path::polygon(&[
        (-92.0, lift - 277.0),
        (30.0, lift - 270.0),
        (24.0, lift - 176.0),
        (-86.0, lift - 182.0),
    ]);
    let tile = decor::cloth(canvas, spec.decor, (spec.trim, spec.ink, CREAM), 52.0, 0.0);
    canvas.draw(&saddle, fill(tile).edge(CREAM, 4.0));
    let mut rein = Path::from(246.0, lift - 318.0);
    rein.q(214.0, lift - 348.0, 190.0, lift - 388.0)
        .m(214.0, lift - 346.0)
        .q(120.0, lift - 290.0, 26.0, lift - 262.0);
    canvas.draw(&rein, line(spec.trim.shade(0.2), 8.0));
    canvas.circle(188.0, lift - 392.0, 9.0, fill(Rgb::hex(0x332822)));
    canvas.circle(185.0, lift - 395.0, 3.0, fill(CREAM));
    if !rocking {
        let turning = wheel(canvas, spec.ink);
        for x in [-170.0, 176.0] {
            canvas.stamp(turning, x, -40.0, 0.0, (0.92, 0.92));
        }
        let mut cord = Path::from(244.0, -66.0);
        cord.q(320.0, -70.0, 330.0, 10.0).q(336.0, 50.0, 300.0, 56.0);
        canvas.draw(&cord, line(Rgb::hex(0xcbb38c), 7.0));
        canvas.circle(296.0, 56.0, 15.0, fill(spec.trim));
    }
}

pub(crate) fn train(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    stage::cast(canvas, 20.0, 6.0, 330.0, 0.09);
    let colours = [spec.body, spec.ink, spec.trim];
    let wood = Rgb::hex(0xdcb384);
    let small = wheel(canvas, spec.body.mix(spec.ink, 0.3));
    for index in 0..2 {
        let x = 60.0 + 205.0 * index as f32;
        let colour = colours[(index + 1) % 3];
        let mut coupling = Path::from(x - 40.0, -58.0);
        coupling.l(x + 10.0, -58.0);
        canvas.draw(&coupling, line(Rgb::hex(0x5a463a), 10.0));
        let shape = Path::polygon(&[(x, -150.0), (x + 164.0, -150.0), (x + 164.0, -50.0), (x, -50.0)]);
        sawn(canvas, &shape, wood, (x, -150.0), (x + 160.0, -50.0));
        canvas.rect(x, -150.0, (164.0, 34.0), 0.0, fill(colour));
        match (index + dice.below(2)) % 2 {
            0 => {
                for bx in [28.0, 82.0, 136.0] {
                    canvas.circle(x + bx, -176.0, 28.0, fill(colours[(bx as usize) % 3].shade(0.08)));
                    canvas.circle(x + bx - 8.0, -184.0, 8.0, fill(CREAM).alpha(0.5));
                }
                canvas.rect(x, -156.0, (164.0, 40.0), 0.0, fill(colour));
            }
            _ => {
                let roof = Path::polygon(&[
                    (x - 12.0, -212.0),
                    (x + 176.0, -212.0),
                    (x + 164.0, -238.0),
                    (x, -238.0),
                ]);
                canvas.rect(x + 4.0, -214.0, (156.0, 66.0), 0.0, fill(wood.light(0.2)));
                for bx in [20.0, 66.0, 112.0] {
                    canvas.rect(x + bx, -198.0, (34.0, 40.0), 6.0, fill(colour.shade(0.35)));
                }
                canvas.draw(&roof, fill(colour));
            }
        }
        for wx in [38.0, 126.0] {
            canvas.stamp(small, x + wx, -34.0, 0.0, (0.76, 0.76));
        }
    }
    // The engine.
    let deck = Path::polygon(&[(-320.0, -90.0), (24.0, -90.0), (24.0, -46.0), (-320.0, -46.0)]);
    sawn(canvas, &deck, wood, (-320.0, -100.0), (24.0, -40.0));
    let boiler = canvas.linear(
        (0.0, -200.0),
        (0.0, -88.0),
        &[
            (0.0, spec.body.light(0.4), 1.0),
            (0.4, spec.body, 1.0),
            (1.0, spec.body.shade(0.4), 1.0),
        ],
    );
    canvas.rect(-306.0, -202.0, (220.0, 114.0), 30.0, fill(boiler));
    for x in [-250.0, -170.0] {
        canvas.rect(x, -202.0, (14.0, 114.0), 0.0, fill(spec.trim));
    }
    let cab = Path::polygon(&[(-120.0, -290.0), (16.0, -290.0), (16.0, -90.0), (-120.0, -90.0)]);
    sawn(canvas, &cab, spec.ink, (-120.0, -290.0), (16.0, -90.0));
    canvas.rect(-88.0, -258.0, (72.0, 72.0), 12.0, fill(CREAM.shade(0.06)));
    canvas.rect(-144.0, -318.0, (196.0, 32.0), 12.0, fill(spec.trim));
    canvas.rect(-144.0, -318.0, (196.0, 9.0), 4.0, fill(spec.trim.light(0.4)));
    let funnel = Lathe::new(
        -258.0,
        -196.0,
        (34.0, 86.0),
        0.24,
        &[(0.0, 0.6), (0.6, 0.64), (1.0, 1.0)],
    );
    funnel.lay(canvas, spec.trim, Finish::Satin);
    funnel.dim(canvas);
    funnel.mouth(canvas, spec.trim, spec.trim.shade(0.3), 7.0);
    let puffs = [
        (-252.0, -330.0, 30.0),
        (-206.0, -372.0, 42.0),
        (-138.0, -408.0, 30.0),
    ];
    for (x, y, r) in puffs {
        canvas.circle(x, y, r, fill(CREAM).alpha(0.55));
    }
    let large = wheel(canvas, spec.trim);
    for (x, wheel, r) in [(-262.0, small, 44.0), (-160.0, small, 44.0), (-40.0, large, 60.0)] {
        canvas.stamp(wheel, x, 6.0 - r, 0.0, (r / 50.0, r / 50.0));
    }
}

pub(crate) fn blocks(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let side = 150.0;
    stage::cast(canvas, 0.0, 0.0, 270.0, 0.12);
    let colours = [spec.body, spec.ink, spec.trim, Rgb::hex(0xe0bd8c)];
    let letters: Vec<char> = "AEMSOLTR".chars().collect();
    let start = dice.below(letters.len());
    let rows: &[(f32, f32)] = if dice.chance(50) {
        &[
            (-168.0, 0.0),
            (0.0, 0.0),
            (168.0, 0.0),
            (-84.0, 1.0),
            (84.0, 1.0),
            (0.0, 2.0),
        ]
    } else {
        &[
            (-110.0, 0.0),
            (62.0, 0.0),
            (-90.0, 1.0),
            (80.0, 1.0),
            (-66.0, 2.0),
            (240.0, 0.0),
        ]
    };
    for (index, &(x, level)) in rows.iter().enumerate() {
        let colour = colours[(index + start) % 4];
        let turn = dice.real(-3.0, 3.0);
        let y = -level * (side + 2.0);
        canvas.open(x + dice.real(-8.0, 8.0), y, 0.0, (1.0, 1.0));
        let (h, d) = (side / 2.0, 34.0);
        canvas.draw(
            &Path::polygon(&[
                (-h, -side),
                (-h + d, -side - d * 0.62),
                (h + d, -side - d * 0.62),
                (h, -side),
            ]),
            fill(colour.light(0.45)),
        );
        canvas.draw(
            &Path::polygon(&[
                (h, -side),
                (h + d, -side - d * 0.62),
                (h + d, -d * 0.62),
                (h, 0.0),
            ]),
            fill(colour.shade(0.35)),
        );
        let face = canvas.linear(
            (-h, -side),
            (h, 0.0),
            &[(0.0, colour.light(0.18), 1.0), (1.0, colour.shade(0.08), 1.0)],
        );
        canvas.rect(-h, -side, (side, side), 6.0, fill(face));
        let ink = if colour.luma() > 150.0 {
            colour.shade(0.55)
        } else {
            CREAM
        };
        canvas.rect(
            -h + 15.0,
            -side + 15.0,
            (side - 30.0, side - 30.0),
            6.0,
            line(ink, 4.0).alpha(0.7),
        );
        canvas.open(0.0, -side / 2.0, turn, (1.0, 1.0));
        if index % 3 == 2 {
            decor::motif(
                canvas,
                *dice.pick(&[Decor::Stars, Decor::Blossoms, Decor::Sprigs, Decor::Kilim]),
                ink,
                colour,
            );
        } else {
            let letter = letters[(start + index) % letters.len()].to_string();
            canvas.words(0.0, 32.0, 92.0, &letter, ink, 0.0);
        }
        canvas.close();
        canvas.close();
    }
}

pub(crate) fn rainbow(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    stage::cast(canvas, 0.0, 0.0, 290.0, 0.12);
    let count = dice.int(5, 6) as usize;
    let colours = [
        spec.body,
        spec.body.mix(spec.trim, 0.5),
        spec.trim,
        spec.trim.light(0.4),
        spec.ink.light(0.25),
        spec.ink,
    ];
    let thick = 290.0 / (count as f32 + 0.9);
    let tumbled = dice.chance(35);
    let standing = if tumbled { count - 1 } else { count };
    for (index, &colour) in colours.iter().enumerate().take(standing) {
        let r = 290.0 - thick * index as f32;
        let inner = r - thick * 0.88;
        let mut arch = Path::from(-r, 0.0);
        arch.l(-r, -60.0)
            .a(r, r, true, r, -60.0)
            .l(r, 0.0)
            .l(inner, 0.0)
            .l(inner, -60.0)
            .a(inner, inner, false, -inner, -60.0)
            .l(-inner, 0.0)
            .z();
        sawn(canvas, &arch, colour, (-r, -r), (r, 0.0));
        let mut glint = Path::from(-r + 8.0, -54.0);
        glint.a(r - 8.0, r - 8.0, true, -r * 0.1, -60.0 - r + 9.0);
        canvas.draw(&glint, line(CREAM, 5.0).alpha(0.35));
    }
    if tumbled {
        canvas.open(306.0, 44.0, -24.0, (0.36, 0.36));
        let mut arch = Path::from(-220.0, 0.0);
        arch.a(220.0, 220.0, true, 220.0, 0.0)
            .l(110.0, 0.0)
            .a(110.0, 110.0, false, -110.0, 0.0)
            .z();
        sawn(canvas, &arch, colours[count - 1], (-220.0, -220.0), (220.0, 0.0));
        canvas.close();
    }
}

pub(crate) fn spinning_top(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let places: &[(f32, f32, f32, f32)] = if dice.chance(60) {
        &[(-150.0, -60.0, -16.0, 0.72), (70.0, 16.0, 12.0, 1.0)]
    } else {
        &[(0.0, 10.0, 13.0, 1.15)]
    };
    let wood = Rgb::hex(0xd9b384);
    let toy = canvas.motif(|c| {
        let top = Lathe::new(
            0.0,
            0.0,
            (172.0, 300.0),
            0.2,
            &[
                (0.0, 0.05),
                (0.1, 0.1),
                (0.3, 0.5),
                (0.62, 0.99),
                (0.84, 0.74),
                (1.0, 0.2),
            ],
        );
        let clip = top.lay(c, spec.body, Finish::Gloss);
        c.within(Some(clip), 1.0);
        for (t, wide, colour) in [
            (0.04, 0.12, wood),
            (0.35, 0.1, spec.trim),
            (0.5, 0.04, CREAM),
            (0.67, 0.08, spec.ink),
            (0.88, 0.08, spec.trim),
        ] {
            c.draw(&top.hoop(t), line(colour, 300.0 * wide).butt());
        }
        c.close();
        top.light(c, Finish::Gloss);
        let stem = Lathe::new(
            0.0,
            top.top() + 6.0,
            (21.0, 120.0),
            0.25,
            &[(0.0, 1.0), (0.7, 0.8), (0.76, 1.2), (0.94, 1.2), (1.0, 0.8)],
        );
        stem.lay(c, wood, Finish::Satin);
        stem.dim(c);
        stem.cap(c, wood);
    });
    for &(x, y, turn, scale) in places {
        stage::cast(canvas, x, y, 90.0 * scale, 0.3);
        canvas.stamp(toy, x, y, turn, (scale, scale));
    }
    let mut cord = Path::from(190.0, 60.0);
    cord.q(260.0, 0.0, 300.0, 46.0).t(210.0, 70.0).t(330.0, 74.0);
    canvas.draw(&cord, line(Rgb::hex(0xe6d5b4), 9.0));
}

/// A soft rabbit, sitting.
pub(crate) fn rabbit(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    stage::cast(canvas, 0.0, 4.0, 175.0, 0.16);
    let tile = textile::weave(
        canvas,
        &ArtSpec {
            decor: Decor::Plain,
            ..spec.clone()
        },
        60.0,
        0.0,
    );
    let puff = canvas.radial(
        0.36,
        0.3,
        0.8,
        &[
            (0.0, CREAM, 0.4),
            (0.45, CREAM, 0.0),
            (0.8, DARK, 0.14),
            (1.0, DARK, 0.42),
        ],
    );
    let soft = |canvas: &mut Canvas, path: &Path| {
        canvas.draw(path, fill(tile));
        canvas.draw(path, fill(puff));
    };
    let flop = dice.chance(50);
    for (side, lean) in [(-1.0, -10.0), (1.0, if flop { 74.0 } else { 12.0 })] {
        canvas.open(side * 50.0, -426.0, lean, (1.0, 1.0));
        let mut ear = Path::from(-30.0, 20.0);
        ear.c(-58.0, -90.0, -44.0, -196.0, 0.0, -204.0)
            .c(44.0, -196.0, 58.0, -90.0, 30.0, 20.0)
            .z();
        soft(canvas, &ear);
        canvas.open(0.0, -6.0, 0.0, (0.56, 0.8));
        canvas.draw(&ear, fill(spec.trim.light(0.25)));
        canvas.close();
        canvas.close();
    }
    let mut torso = Path::from(-90.0, -270.0);
    torso
        .c(-170.0, -170.0, -172.0, -20.0, -110.0, 4.0)
        .q(0.0, 26.0, 110.0, 4.0)
        .c(172.0, -20.0, 170.0, -170.0, 90.0, -270.0)
        .z();
    let shirt = decor::cloth(
        canvas,
        if spec.decor == Decor::Plain {
            Decor::Stripes
        } else {
            spec.decor
        },
        (spec.ink, CREAM, spec.trim),
        66.0,
        90.0,
    );
    canvas.draw(&torso, fill(shirt));
    canvas.draw(&torso, fill(puff));
    for side in [-1.0, 1.0] {
        canvas.open(side * 118.0, -226.0, side * -24.0, (1.0, 1.0));
        canvas.rect(-34.0, -20.0, (68.0, 176.0), 34.0, fill(tile));
        canvas.rect(-34.0, -20.0, (68.0, 176.0), 34.0, fill(puff));
        canvas.close();
        let mut foot = Path::from(side * 50.0, 14.0);
        foot.c(side * 40.0, -60.0, side * 170.0, -76.0, side * 178.0, -10.0)
            .c(side * 180.0, 40.0, side * 60.0, 52.0, side * 50.0, 14.0)
            .z();
        soft(canvas, &foot);
    }
    let mut head = Path::from(-118.0, -350.0);
    head.c(-122.0, -454.0, 122.0, -454.0, 118.0, -350.0)
        .c(116.0, -262.0, -116.0, -262.0, -118.0, -350.0)
        .z();
    soft(canvas, &head);
    let mut eyes = Path::new();
    eyes.dot(-46.0, -372.0).dot(46.0, -372.0);
    canvas.draw(&eyes, line(Rgb::hex(0x3a2a26), 18.0));
    let mut face = Path::from(-13.0, -342.0);
    face.l(13.0, -342.0)
        .l(0.0, -328.0)
        .z()
        .m(0.0, -328.0)
        .l(0.0, -314.0)
        .m(-24.0, -310.0)
        .q(-10.0, -300.0, 0.0, -314.0)
        .q(10.0, -300.0, 24.0, -310.0);
    canvas.draw(&face, line(spec.trim.shade(0.3), 5.0));
    for x in [-74.0, 74.0] {
        canvas.ellipse(x, -336.0, 22.0, 14.0, fill(Rgb::hex(0xe58f86)).alpha(0.45));
    }
    let ribbon = spec.trim;
    let mut bow = Path::from(0.0, -262.0);
    bow.q(-70.0, -310.0, -72.0, -250.0)
        .q(-66.0, -220.0, 0.0, -262.0)
        .q(70.0, -310.0, 72.0, -250.0)
        .q(66.0, -220.0, 0.0, -262.0)
        .z();
    canvas.draw(&bow, fill(ribbon).edge(ribbon.shade(0.35), 3.0));
    canvas.circle(0.0, -262.0, 15.0, fill(ribbon.shade(0.15)));
    if dice.chance(30) {
        label::stamp(canvas, (112.0, 0.0), 20.0, &spec.monogram, CREAM, 0.8);
    }
}
