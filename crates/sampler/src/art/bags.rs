//! Bags, and the small leather goods that live in them.

use super::canvas::{Canvas, Path, fill, line};
use super::colour::Rgb;
use super::decor::{self, Decor};
use super::label;
use super::lathe::{Finish, Lathe};
use super::spec::ArtSpec;
use super::stage::{self, CREAM, DARK};
use super::textile;
use crate::dice::Dice;

const THREAD: Rgb = Rgb::hex(0xf0dfbf);

fn thread_on(leather: Rgb) -> Rgb {
    if leather.luma() > 170.0 {
        leather.shade(0.4)
    } else {
        THREAD
    }
}

/// Hide: lit from the upper left, darker where it is handled.
fn hide(canvas: &mut Canvas, path: &Path, colour: Rgb, from: (f32, f32), to: (f32, f32)) {
    let paint = canvas.linear(
        from,
        to,
        &[
            (0.0, colour.light(0.26), 1.0),
            (0.4, colour, 1.0),
            (1.0, colour.shade(0.3), 1.0),
        ],
    );
    canvas.draw(path, fill(paint).edge(colour.shade(0.45), 3.0));
}

fn stitch(canvas: &mut Canvas, path: &Path, leather: Rgb) {
    canvas.draw(path, line(thread_on(leather), 4.0).dash(13.0, 8.0).alpha(0.9));
}

fn buckle(canvas: &mut Canvas, at: (f32, f32), size: (f32, f32), metal: Rgb) {
    let (x, y) = (at.0 - size.0 / 2.0, at.1 - size.1 / 2.0);
    canvas.rect(x + 3.0, y + 5.0, size, 9.0, line(DARK, 11.0).alpha(0.35));
    canvas.rect(x, y, size, 9.0, line(metal.shade(0.15), 12.0));
    canvas.rect(x - 1.5, y - 2.0, size, 9.0, line(metal.light(0.55), 4.0));
    let mut prong = Path::from(x, at.1);
    prong.l(x + size.0 + 4.0, at.1);
    canvas.draw(&prong, line(metal, 8.0));
}

pub(crate) fn tote(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let peg_y = -370.0;
    let (w, low) = (dice.real(215.0, 245.0), dice.real(330.0, 365.0));
    let top = -90.0 + dice.real(-20.0, 20.0);
    let wood = Rgb::hex(0xa5744a);
    canvas.rect(-150.0, peg_y - 26.0, (300.0, 46.0), 10.0, fill(wood));
    canvas.rect(-150.0, peg_y - 26.0, (300.0, 10.0), 5.0, fill(wood.light(0.4)));
    canvas.rect(-150.0, peg_y + 20.0, (300.0, 12.0), 4.0, fill(DARK).alpha(0.2));
    let strap = if dice.chance(50) {
        spec.trim
    } else {
        spec.body.shade(0.12)
    };
    let mut far = Path::from(-w * 0.5, top + 10.0);
    far.c(-w * 0.4, peg_y + 60.0, -30.0, peg_y + 10.0, 0.0, peg_y + 10.0)
        .c(30.0, peg_y + 10.0, w * 0.4, peg_y + 60.0, w * 0.5, top + 10.0);
    canvas.draw(&far, line(strap.shade(0.4), 22.0));
    let mut bag = Path::from(-w * 0.93, top);
    bag.q(-w * 1.0, 100.0, -w * 1.04, low - 26.0)
        .q(-w * 1.03, low, -w * 0.94, low)
        .q(0.0, low + 16.0, w * 0.94, low);
    bag.q(w * 1.04, low, w * 1.05, low - 26.0)
        .q(w * 1.0, 100.0, w * 0.93, top)
        .q(w * 0.4, top + 26.0, 0.0, top + 22.0)
        .q(-w * 0.4, top + 20.0, -w * 0.93, top)
        .z();
    stage::drop(canvas, &bag, 18.0);
    let mut mouth = Path::from(-w * 0.93, top);
    mouth
        .q(0.0, top - 30.0, w * 0.93, top)
        .q(0.0, top + 60.0, -w * 0.93, top)
        .z();
    canvas.draw(&mouth, fill(spec.body.shade(0.5)));
    let plain = matches!(spec.decor, Decor::Plain | Decor::Sprigs | Decor::Speckled);
    if plain {
        let tile = decor::cloth(canvas, Decor::Plain, (spec.body, spec.ink, spec.trim), 20.0, 0.0);
        canvas.draw(&bag, fill(tile));
        canvas.open(0.0, (top + low) / 2.0 + 20.0, 0.0, (1.0, 1.0));
        super::paper::picture(
            canvas,
            w * 0.62,
            (spec.ink, spec.trim, spec.body),
            dice.below(super::paper::PICTURES),
            dice,
        );
        canvas.close();
    } else {
        let tile = textile::weave(canvas, spec, dice.real(110.0, 160.0), 0.0);
        canvas.draw(&bag, fill(tile));
    }
    if spec.decor == Decor::Dipped || dice.chance(30) {
        let clip = canvas.clip(&bag);
        canvas.rect(
            -w * 1.2,
            low - 110.0,
            (w * 2.4, 160.0),
            0.0,
            fill(spec.trim).clip(clip),
        );
    }
    let drape = canvas.ripple(
        (-w, 0.0),
        (-w * 0.52, 40.0),
        &[(0.0, CREAM, 0.14), (0.5, CREAM, 0.0), (1.0, DARK, 0.2)],
    );
    canvas.draw(&bag, fill(drape));
    let foot = canvas.linear(
        (0.0, top),
        (0.0, low),
        &[(0.0, CREAM, 0.12), (0.6, DARK, 0.0), (1.0, DARK, 0.26)],
    );
    canvas.draw(&bag, fill(foot));
    let mut near = Path::from(-w * 0.5, top + 96.0);
    near.l(-w * 0.5, top + 20.0)
        .c(-w * 0.38, peg_y + 90.0, -26.0, peg_y + 2.0, 0.0, peg_y + 2.0);
    near.c(26.0, peg_y + 2.0, w * 0.38, peg_y + 90.0, w * 0.5, top + 20.0)
        .l(w * 0.5, top + 96.0);
    canvas.draw(&near, line(strap.shade(0.2), 24.0).butt());
    canvas.open(-2.0, -2.0, 0.0, (1.0, 1.0));
    canvas.draw(&near, line(strap.light(0.12), 17.0).butt());
    canvas.close();
    canvas.circle(0.0, peg_y - 4.0, 17.0, fill(wood.shade(0.3)));
    canvas.circle(-3.0, peg_y - 8.0, 13.0, fill(wood.light(0.2)));
}

pub(crate) fn handbag(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let form = if spec.form == 0 {
        dice.below(3) as u8 + 1
    } else {
        spec.form
    };
    let metal = if spec.house.is_multiple_of(2) {
        Rgb::hex(0xc09a55)
    } else {
        Rgb::hex(0xb9bcbf)
    };
    let (w, h) = match form {
        1 => (dice.real(230.0, 255.0), dice.real(290.0, 320.0)),
        2 => (dice.real(215.0, 235.0), dice.real(350.0, 385.0)),
        _ => (dice.real(190.0, 215.0), dice.real(300.0, 330.0)),
    };
    stage::cast(canvas, 0.0, 2.0, w, 0.13);
    let strap_high = -h - dice.real(190.0, 250.0);
    let mut strap = Path::from(-w * 0.72, -h + 40.0);
    strap.c(-w * 0.72, strap_high, w * 0.72, strap_high, w * 0.72, -h + 40.0);
    canvas.draw(&strap, line(spec.body.shade(0.42), 25.0));
    canvas.open(-2.0, -3.0, 0.0, (1.0, 1.0));
    canvas.draw(&strap, line(spec.body.shade(0.06), 18.0));
    canvas.close();
    let mut body = Path::from(-w * 0.86, -h);
    body.q(-w * 1.0, -h * 0.5, -w, -30.0)
        .q(-w, 4.0, -w * 0.9, 6.0)
        .q(0.0, 18.0, w * 0.9, 6.0)
        .q(w, 4.0, w, -30.0)
        .q(w, -h * 0.5, w * 0.86, -h)
        .q(0.0, -h - 20.0, -w * 0.86, -h)
        .z();
    hide(canvas, &body, spec.body, (-w, -h), (w, 0.0));
    let mut seam = Path::from(-w * 0.9, -h * 0.6);
    seam.q(-w * 0.95, -40.0, -w * 0.86, -14.0)
        .q(0.0, -2.0, w * 0.86, -14.0)
        .q(w * 0.95, -40.0, w * 0.9, -h * 0.6);
    stitch(canvas, &seam, spec.body);
    if form == 2 {
        // A shopper: open top, pocket on the front.
        let mut rim = Path::from(-w * 0.86, -h);
        rim.q(0.0, -h + 26.0, w * 0.86, -h)
            .q(0.0, -h - 26.0, -w * 0.86, -h)
            .z();
        canvas.draw(&rim, fill(spec.trim.shade(0.35)));
        let pocket = Path::polygon(&[
            (-w * 0.56, -h * 0.62),
            (w * 0.56, -h * 0.62),
            (w * 0.5, -h * 0.14),
            (-w * 0.5, -h * 0.14),
        ]);
        hide(
            canvas,
            &pocket,
            spec.body.shade(0.06),
            (-w * 0.6, -h * 0.6),
            (w * 0.6, -h * 0.1),
        );
        let inner = Path::polygon(&[
            (-w * 0.52, -h * 0.59),
            (w * 0.52, -h * 0.59),
            (w * 0.465, -h * 0.17),
            (-w * 0.465, -h * 0.17),
        ]);
        stitch(canvas, &inner, spec.body);
        label::stamp(
            canvas,
            (0.0, -h * 0.38),
            40.0,
            &spec.monogram,
            spec.body.shade(0.55),
            0.8,
        );
        for x in [-w * 0.72, w * 0.72] {
            canvas.circle(x, -h + 52.0, 13.0, fill(metal));
            canvas.circle(x - 3.0, -h + 49.0, 5.0, fill(metal.light(0.8)));
        }
        return;
    }
    let drop = if form == 1 { h * 0.56 } else { h * 0.72 };
    let mut flap = Path::from(-w * 0.9, -h + 4.0);
    flap.q(0.0, -h - 30.0, w * 0.9, -h + 4.0)
        .l(w * 0.95, -h + drop * 0.5);
    flap.q(w * 0.86, -h + drop, w * 0.2, -h + drop * 1.06)
        .q(0.0, -h + drop * 1.1, -w * 0.2, -h + drop * 1.06)
        .q(-w * 0.86, -h + drop, -w * 0.95, -h + drop * 0.5)
        .z();
    canvas.open(5.0, 12.0, 0.0, (1.0, 1.0));
    canvas.draw(&flap, fill(DARK).alpha(0.28));
    canvas.close();
    hide(
        canvas,
        &flap,
        spec.body.light(0.05),
        (-w, -h),
        (w * 0.8, -h + drop * 1.3),
    );
    if matches!(
        spec.decor,
        Decor::Kilim | Decor::Checks | Decor::Stripes | Decor::Herringbone | Decor::Blossoms
    ) {
        let tile = textile::weave(canvas, spec, 84.0, 0.0);
        let clip = canvas.clip(&flap);
        canvas.rect(
            -w,
            -h + drop * 0.34,
            (w * 2.0, drop * 0.34),
            0.0,
            fill(tile).clip(clip),
        );
    }
    let mut edge = Path::from(-w * 0.9, -h + drop * 0.48);
    edge.q(-w * 0.8, -h + drop * 0.93, -w * 0.2, -h + drop * 0.99)
        .q(0.0, -h + drop * 1.02, w * 0.2, -h + drop * 0.99)
        .q(w * 0.8, -h + drop * 0.93, w * 0.9, -h + drop * 0.48);
    stitch(canvas, &edge, spec.body);
    let tab = Path::polygon(&[
        (-26.0, -h + drop * 0.7),
        (26.0, -h + drop * 0.7),
        (26.0, -h + drop * 1.28),
        (0.0, -h + drop * 1.36),
        (-26.0, -h + drop * 1.28),
    ]);
    hide(canvas, &tab, spec.body.shade(0.12), (-30.0, -h), (30.0, 0.0));
    canvas.open(0.0, -h + drop * 1.06, 90.0, (1.0, 1.0));
    buckle(canvas, (0.0, 0.0), (54.0, 68.0), metal);
    canvas.close();
    for x in [-w * 0.72, w * 0.72] {
        canvas.rect(x - 19.0, -h - 6.0, (38.0, 70.0), 12.0, fill(spec.body.shade(0.2)));
        canvas.circle(x, -h + 46.0, 9.0, fill(metal));
        canvas.circle(x, -h - 4.0, 20.0, line(metal, 8.0));
    }
    let shine = canvas.linear((-w, -h), (0.0, 0.0), &[(0.0, CREAM, 0.3), (1.0, CREAM, 0.0)]);
    canvas.draw(&flap, fill(shine).alpha(0.6));
}

/// Rolled up and standing on its edge, the buckle in front.
pub(crate) fn belt(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let metal = if spec.house.is_multiple_of(2) {
        Rgb::hex(0xc09a55)
    } else {
        Rgb::hex(0xb4b7ba)
    };
    let (r, tall) = (dice.real(196.0, 222.0), dice.real(104.0, 128.0));
    let roll = Lathe::new(0.0, 0.0, (r, tall), 0.36, &[(0.0, 1.0), (1.0, 1.0)]);
    stage::cast(canvas, 0.0, 0.0, r, 0.34);
    let clip = roll.lay(canvas, spec.body, Finish::Satin);
    for t in [0.1, 0.9] {
        canvas.draw(
            &roll.hoop(t),
            line(thread_on(spec.body), 4.0)
                .dash(13.0, 8.0)
                .alpha(0.9)
                .clip(clip),
        );
    }
    if matches!(
        spec.decor,
        Decor::Kilim | Decor::Stars | Decor::Scales | Decor::Blossoms | Decor::Sprigs
    ) {
        let stamp = canvas.motif(|c| decor::motif(c, spec.decor, spec.body.shade(0.5), spec.body.light(0.2)));
        roll.frieze(canvas, stamp, 0.5, 9, 0.5);
    } else if spec.decor != Decor::Plain {
        canvas.draw(&roll.hoop(0.5), line(spec.ink, tall * 0.26).alpha(0.7).clip(clip));
    }
    roll.light(canvas, Finish::Satin);
    // The edges of the turns, seen from above.
    roll.cap(canvas, spec.body.shade(0.3));
    let top = roll.top();
    let mut turns = 0.96;
    while turns > 0.3 {
        canvas.ellipse(
            0.0,
            top,
            r * turns,
            r * turns * 0.36,
            line(spec.body.light(0.25), 9.0),
        );
        canvas.ellipse(
            0.0,
            top + 3.0,
            r * (turns - 0.055),
            r * (turns - 0.055) * 0.36,
            line(DARK, 9.0).alpha(0.5),
        );
        turns -= 0.12;
    }
    canvas.ellipse(0.0, top + 4.0, r * 0.26, r * 0.26 * 0.36, fill(DARK).alpha(0.6));
    // The loose end comes round the front and through the buckle.
    let (y, high) = (r * 0.36 - tall * 0.5, tall * 0.92);
    let reach = dice.real(300.0, 370.0);
    let mut strap = Path::from(-r * 0.2, y - high * 0.5);
    strap.q(r * 0.7, y - high * 0.46, reach, y - high * 0.2).q(
        reach + 44.0,
        y + high * 0.2,
        reach + 4.0,
        y + high * 0.66,
    );
    strap.q(r * 0.7, y + high * 0.52, -r * 0.2, y + high * 0.5).z();
    canvas.open(8.0, 14.0, 0.0, (1.0, 1.0));
    canvas.draw(&strap, fill(DARK).alpha(0.22));
    canvas.close();
    hide(
        canvas,
        &strap,
        spec.body.light(0.04),
        (-r * 0.2, y - high),
        (reach, y + high),
    );
    for side in [-0.36, 0.36] {
        let mut seam = Path::from(-r * 0.16, y + high * side);
        seam.q(
            r * 0.7,
            y + high * (side + 0.03),
            reach - 4.0,
            y + high * (side * 0.9 + 0.22),
        );
        stitch(canvas, &seam, spec.body);
    }
    let mut holes = Path::new();
    for index in 0..4 {
        let u = index as f32 / 3.0;
        holes.dot(
            r * 0.42 + (reach - 52.0 - r * 0.42) * u,
            y + high * (0.02 + 0.17 * u * u),
        );
    }
    canvas.draw(&holes, line(DARK, 14.0).alpha(0.8));
    canvas.rect(
        -r * 0.14,
        y - high * 0.57,
        (30.0, high * 1.14),
        6.0,
        fill(spec.body.shade(0.25)),
    );
    buckle(canvas, (-r * 0.42, y - 1.0), (96.0, high * 1.26), metal);
}

pub(crate) fn wallet(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let form = if spec.form == 0 {
        dice.below(3) as u8 + 1
    } else {
        spec.form
    };
    let (w, h) = match form {
        1 => (280.0, 205.0),
        2 => (205.0, 265.0),
        _ => (320.0, 175.0),
    };
    canvas.open(0.0, 0.0, dice.real(-17.0, 17.0), (1.0, 1.0));
    if form == 2 {
        // Cards look out of the card holder.
        for (y, colour) in [(-92.0, spec.trim), (-62.0, CREAM)] {
            canvas.rect(
                -w * 0.84,
                -h + y + 34.0,
                (w * 1.68, 240.0),
                16.0,
                fill(DARK).alpha(0.2),
            );
            canvas.rect(-w * 0.86, -h + y + 28.0, (w * 1.72, 240.0), 16.0, fill(colour));
        }
    }
    let mut body = Path::from(-w + 24.0, -h);
    body.l(w - 24.0, -h)
        .q(w, -h, w, -h + 24.0)
        .l(w, h - 24.0)
        .q(w, h, w - 24.0, h)
        .l(-w + 24.0, h)
        .q(-w, h, -w, h - 24.0)
        .l(-w, -h + 24.0)
        .q(-w, -h, -w + 24.0, -h)
        .z();
    stage::drop(canvas, &body, 17.0);
    hide(canvas, &body, spec.body, (-w, -h), (w, h));
    canvas.rect(
        -w + 16.0,
        -h + 16.0,
        (w * 2.0 - 32.0, h * 2.0 - 32.0),
        14.0,
        line(thread_on(spec.body), 4.0).dash(13.0, 8.0),
    );
    match form {
        1 => {
            let mut spine = Path::from(-w * 0.04, -h + 2.0);
            spine.l(-w * 0.04, h - 2.0);
            canvas.draw(&spine, line(DARK, 9.0).alpha(0.25));
            canvas.open(5.0, 0.0, 0.0, (1.0, 1.0));
            canvas.draw(&spine, line(CREAM, 3.0).alpha(0.35));
            canvas.close();
            label::stamp(
                canvas,
                (w * 0.52, h * 0.1),
                58.0,
                &spec.monogram,
                spec.body.shade(0.55),
                0.85,
            );
        }
        2 => {
            for y in [-h * 0.42, -h * 0.02] {
                let mut slot = Path::from(-w, y);
                slot.q(0.0, y + 34.0, w, y).l(w, y + 40.0).l(-w, y + 40.0).z();
                let lip = canvas.linear((0.0, y), (0.0, y + 60.0), &[(0.0, DARK, 0.4), (1.0, DARK, 0.0)]);
                canvas.open(0.0, -16.0, 0.0, (1.0, 1.0));
                canvas.draw(&slot, fill(lip).alpha(0.5));
                canvas.close();
                let mut edge = Path::from(-w + 3.0, y);
                edge.q(0.0, y + 34.0, w - 3.0, y);
                canvas.draw(&edge, line(spec.body.light(0.3), 4.0));
            }
            label::stamp(
                canvas,
                (0.0, h * 0.55),
                52.0,
                &spec.monogram,
                spec.body.shade(0.55),
                0.85,
            );
        }
        _ => {
            let mut flap = Path::from(-w + 2.0, -h + 4.0);
            flap.l(w - 2.0, -h + 4.0)
                .l(w - 4.0, -h * 0.1)
                .q(w * 0.5, h * 0.5, 0.0, h * 0.52)
                .q(-w * 0.5, h * 0.5, -w + 4.0, -h * 0.1)
                .z();
            canvas.open(4.0, 10.0, 0.0, (1.0, 1.0));
            canvas.draw(&flap, fill(DARK).alpha(0.25));
            canvas.close();
            hide(canvas, &flap, spec.body.light(0.07), (-w, -h), (w * 0.7, h));
            let mut edge = Path::from(-w + 20.0, -h * 0.13);
            edge.q(-w * 0.48, h * 0.41, 0.0, h * 0.42)
                .q(w * 0.48, h * 0.41, w - 20.0, -h * 0.13);
            stitch(canvas, &edge, spec.body);
            let brass = Rgb::hex(0xc6a05a);
            canvas.circle(3.0, h * 0.3 + 5.0, 24.0, fill(DARK).alpha(0.3));
            let knob = canvas.radial(
                0.35,
                0.3,
                0.8,
                &[
                    (0.0, brass.light(0.8), 1.0),
                    (0.5, brass, 1.0),
                    (1.0, brass.shade(0.5), 1.0),
                ],
            );
            canvas.circle(0.0, h * 0.3, 23.0, fill(knob));
        }
    }
    if matches!(
        spec.decor,
        Decor::Kilim | Decor::Stars | Decor::Scales | Decor::Blossoms | Decor::Sprigs
    ) && form == 1
    {
        let stamp = canvas.motif(|c| decor::motif(c, spec.decor, spec.body.shade(0.5), spec.body.light(0.2)));
        for index in 0..3 {
            canvas.stamp(
                stamp,
                -w * 0.55,
                -h * 0.5 + h * 0.5 * index as f32,
                0.0,
                (0.8, 0.8),
            );
        }
    }
    let sheen = canvas.linear((-w, -h), (w * 0.4, h), &[(0.0, CREAM, 0.26), (0.6, CREAM, 0.0)]);
    canvas.draw(&body, fill(sheen));
    canvas.close();
}

pub(crate) fn espadrilles(canvas: &mut Canvas, spec: &ArtSpec, dice: &mut Dice) {
    let tile = textile::weave(canvas, spec, 76.0, 0.0);
    for (x, turn, flip) in [(-168.0, -7.0, 1.0), (168.0, 9.0, -1.0)] {
        canvas.open(
            x,
            dice.real(-14.0, 14.0),
            turn + dice.real(-2.0, 2.0),
            (flip, 1.0),
        );
        let mut sole = Path::from(-52.0, 330.0);
        sole.c(-116.0, 330.0, -112.0, 210.0, -98.0, 120.0)
            .c(-92.0, 20.0, -150.0, -100.0, -136.0, -200.0);
        sole.c(-120.0, -330.0, 20.0, -370.0, 92.0, -262.0)
            .c(160.0, -150.0, 112.0, -20.0, 98.0, 110.0)
            .c(94.0, 220.0, 84.0, 330.0, -52.0, 330.0)
            .z();
        stage::drop(canvas, &sole, 16.0 * flip);
        let rope = Rgb::hex(0xcdb184);
        canvas.draw(&sole, fill(rope.shade(0.12)));
        canvas.draw(&sole, line(rope.light(0.25), 17.0).dash(11.0, 5.0));
        canvas.draw(&sole, line(rope.shade(0.4), 2.5).alpha(0.6));
        canvas.open(0.0, -6.0, 0.0, (0.86, 0.9));
        canvas.draw(&sole, fill(rope.light(0.3)));
        canvas.close();
        let mut upper = Path::from(-128.0, -60.0);
        upper
            .c(-146.0, -130.0, -140.0, -220.0, -108.0, -268.0)
            .c(-50.0, -352.0, 60.0, -330.0, 100.0, -236.0);
        upper
            .c(132.0, -160.0, 122.0, -100.0, 108.0, -48.0)
            .c(60.0, -100.0, -70.0, -110.0, -128.0, -60.0)
            .z();
        let mut heel = Path::from(-106.0, 160.0);
        heel.c(-112.0, 240.0, -104.0, 322.0, -46.0, 322.0)
            .c(52.0, 326.0, 88.0, 262.0, 96.0, 150.0)
            .c(70.0, 232.0, 40.0, 262.0, -10.0, 262.0)
            .c(-60.0, 258.0, -92.0, 220.0, -106.0, 160.0)
            .z();
        for part in [&upper, &heel] {
            canvas.draw(part, fill(tile));
            let round = canvas.radial(
                0.38,
                0.3,
                0.75,
                &[(0.0, CREAM, 0.34), (0.5, CREAM, 0.0), (1.0, DARK, 0.36)],
            );
            canvas.draw(part, fill(round).edge(spec.trim, 5.0));
        }
        let mut side = Path::from(-120.0, -70.0);
        side.l(-104.0, 176.0).m(106.0, -60.0).l(96.0, 164.0);
        canvas.draw(&side, line(spec.trim, 15.0));
        canvas.close();
    }
}
