// Makes the marketplace ready for its pages to be looked at: the demo has orders, but nothing that is under way, compared,
// invited or sent back. Who is signed in and what is where is written down for the tests.
import { mkdirSync, writeFileSync } from 'node:fs'
import { expect } from '@playwright/test'
import { out } from '../playwright.config.js'
import { scene, stateOf, test as setup } from '../lib/test.js'
import { told } from '../lib/looks.js'
import { BUYER, OPERATOR, OTHER_SELLER, SELLER, linkOfMail, newEmail, openShop, signIn } from '../lib/people.js'
import { CARD, addFrom, addThis, buy, checkout, place } from '../lib/shopping.js'
import { deliver, pathOf, sale } from '../lib/selling.js'

setup.setTimeout(420_000)

const within = (page) => page.getByRole('main')
const save = (page, face) => page.context().storageState({ path: stateOf(face) })

setup('a marketplace with something on every page', async ({ browser }) => {
  mkdirSync(out, { recursive: true })
  const open = async (face) => {
    const page = await (await browser.newContext()).newPage()
    if (face) await signIn(page, face)
    return page
  }
  const found = {}

  const operator = await open(OPERATOR)
  await save(operator, 'operator')
  found.shop = await pathOf(operator, '/operator/shops', '/operator/shops/')
  found.desk = await pathOf(operator, '/operator/orders', '/operator/orders/')
  found.category = await pathOf(operator, '/operator/categories', '/operator/categories?')
  await holdBack(operator, 'cadmium')
  const giftCard = await issueGiftCard(operator)
  await holdMoney(operator)
  await makeKey(operator)
  await setTariff(operator)

  const seller = await open(SELLER.email)
  await save(seller, 'seller')
  found.editor = await pathOf(seller, '/seller/products', '/seller/products/01')
  const codes = await makeGoods(seller, found)
  await compare(seller, found, codes)
  await listenAt(seller, found)
  await upload(seller, found)
  await waits(operator)
  await promote(seller)
  await putForward(seller)
  await openWarehouse(seller)

  // A guest at the bank, one who was declined, one who has not ordered yet.
  const guest = await open()
  await addFrom(guest, SELLER.shop)
  await checkout(guest, CARD.asks, newEmail('bank'))
  await place(guest)
  await expect(guest).toHaveURL(/sandbox\/3ds/)
  found.bank = new URL(guest.url()).pathname
  await addFrom(guest, OTHER_SELLER.shop)
  await checkout(guest, CARD.declined, newEmail('declined'))
  await place(guest)
  await expect(guest.locator('.order-head .tag')).toHaveText('Payment failed')
  found.declined = new URL(guest.url()).pathname
  await addFrom(guest, SELLER.shop)
  await addFrom(guest, OTHER_SELLER.shop)
  await checkout(guest, CARD.good, newEmail('guest'))
  await payWith(guest, giftCard)
  // One with a picture and with reviews.
  found.product = await pathOf(guest, `/search?q=bowl&seller=${SELLER.shop}&rating=4`, '/p/')
  found.made = await pathOf(guest, '/c/kitchen-and-wood/boards', '/p/')
  found.compare = await wish(guest, SELLER.shop)
  await save(guest, 'guest')

  // A buyer with an order of two makers: one part has arrived and is to go back, the other is being made ready.
  const buyer = await open(BUYER)
  found.order = await buy(buyer, [SELLER.shop, SELLER.shop, OTHER_SELLER.shop])
  found.sale = await sale(seller, await numberOf(buyer, SELLER.name))
  await deliver(seller, found.sale)
  found.unsubscribe = await linkOfMail(await open(), BUYER, '/unsubscribe?token=')
  await review(buyer, await reviewable(buyer, found.order))
  // Of what is left: a second form for the same thing leads to what was written.
  found.reviewNew = await pathOf(buyer, '/account/reviews', '/account/reviews/new')
  found.review = await pathOf(buyer, '/account/reviews', '/account/reviews/0')
  await askToReturn(buyer, found.order)
  await wish(buyer, OTHER_SELLER.shop)
  await buyer.getByRole('button', { name: 'Make a link' }).click()
  found.wishlist = new URL(await within(buyer).getByRole('link', { name: /wishlist\/shared/ }).innerText()).pathname
  found.thread = await pathOf(buyer, '/account/messages', '/account/messages/0')
  found.reported = await report(buyer, operator, found.thread)
  found.ask = await asks(buyer, found.product)
  const { files, order } = await downloads(buyer)
  found.downloads = files
  // The other guest's browser is not the one in which that was ordered.
  await guest.goto(order)
  found.seen = new URL(guest.url()).pathname
  await save(guest, 'guest')
  await save(buyer, 'buyer')
  found.sellerThread = await pathOf(seller, '/seller/messages', '/seller/messages/0')

  // A shop that waits to be looked at, and its owner.
  const email = newEmail('applicant')
  const applicant = await open()
  await openShop(applicant, email)
  await save(applicant, 'applicant')
  found.applied = await pathOf(operator, '/operator/shops?state=applied', '/operator/shops/')
  found.verify = await linkOfMail(applicant, email, '/verify-email?token=')
  found.mail = new URL(applicant.url()).pathname
  await applicant.goto('/forgot-password')
  await within(applicant).getByLabel('E-mail address').fill(email)
  await within(applicant).getByRole('button', { name: 'Send the link' }).click()
  found.reset = await linkOfMail(applicant, email, '/reset-password?token=')

  const invited = newEmail('clerk')
  await seller.goto('/seller/staff')
  await within(seller).getByLabel('E-mail address').fill(invited)
  await within(seller).getByRole('button', { name: 'Send the invitation' }).click()
  await expect(told(seller)).toHaveText('The invitation is on its way.')
  found.invitation = await linkOfMail(seller, invited, '/invitation?token=')

  const colleague = newEmail('colleague')
  await operator.goto('/operator/people')
  const inviting = within(operator).getByRole('region', { name: 'Invite somebody' })
  await inviting.getByLabel('E-mail address').fill(colleague)
  await inviting.getByRole('button', { name: 'Send the invitation' }).click()
  await expect(told(operator)).toHaveText('The invitation is on its way.')
  found.join = await linkOfMail(operator, colleague, '/join?token=')

  found.payment = `/operator/payments/${found.order.split('/')[2]}`
  writeFileSync(scene, JSON.stringify(found, null, 1))
})

/** A conversation that its buyer reports; where the operator reads it. */
async function report(page, operator, thread) {
  await page.goto(thread)
  await page.getByText('Report this conversation').click()
  await page.getByRole('textbox', { name: /^In your words/ }).fill('They ask me to pay them elsewhere.')
  await page.getByRole('button', { name: 'Report to the moderators' }).click()
  await expect(told(page)).toBeVisible()
  return pathOf(operator, '/operator/messages', '/operator/messages/0')
}

/** Where the maker of a piece is asked about it. */
async function asks(page, product) {
  await page.goto(product)
  const link = page.getByRole('link', { name: 'Ask the shop' })
  return link.getAttribute('href')
}

/** A guest buys something to download; where it is downloaded, and what the mail of the order leads to. */
async function downloads(page) {
  const guest = await (await page.context().browser().newContext()).newPage()
  const email = newEmail('reader')
  await guest.goto('/search?q=forty+green+glazes')
  await guest.getByRole('main').locator('.card h3 a').first().click()
  await addThis(guest)
  await checkout(guest, CARD.good, email, { travels: false })
  await guest.locator('input[name="consents_to_downloads"]').check()
  await place(guest)
  // It is delivered as soon as it is paid, by this mail.
  const files = await linkOfMail(guest, email, '/downloads/')
  return { files, order: await linkOfMail(guest, email, '/order-links/') }
}

/** From now on, products with this word wait for the operator. */
async function holdBack(page, word) {
  await page.goto('/operator/moderation')
  await page.getByRole('textbox', { name: /^Words/ }).fill(word)
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(told(page)).toBeVisible()
}

async function waits(page) {
  await expect(async () => {
    await page.goto('/operator/moderation')
    await expect(within(page)).toContainText('Cadmium red jug', { timeout: 500 })
  }).toPass()
}

/** Says the code of a card of five euros. */
async function issueGiftCard(page) {
  await page.goto('/operator/gift-cards')
  await page.getByLabel('Amount').fill('5.00')
  await page.getByRole('textbox', { name: /^Note/ }).fill('For a parcel that came late')
  await page.getByRole('button', { name: 'Issue the card' }).click()
  return told(page).locator('code').innerText()
}

async function holdMoney(page) {
  await page.goto('/operator/holds')
  const form = page.locator('form[action="/operator/holds"]')
  await form.getByLabel('Shop').fill(SELLER.name)
  await form.getByLabel('Amount').fill('25.00')
  await form.getByLabel('Currency').selectOption('EUR')
  await form.getByLabel('Reason').fill('A buyer says that a parcel was empty')
  await form.getByRole('button', { name: 'Hold it' }).click()
  await expect(told(page)).toBeVisible()
}

/** A key for a carrier's program, which is shown once. */
async function makeKey(page) {
  await page.goto('/operator/partners')
  const form = page.locator('form[action="/operator/partners"]')
  await form.getByLabel('Name').fill('Correos, production')
  await form.getByLabel('Carrier').fill('correos')
  await form.getByRole('button', { name: 'Make the key' }).click()
  await expect(told(page).locator('code')).toBeVisible()
}

/** From now on shops may put products forward. */
async function setTariff(page) {
  await page.goto('/operator/promoted')
  const form = page.locator('form[action="/operator/promoted"]')
  await form.getByLabel('Price per day').fill('1.50')
  await form.getByLabel('Currency').fill('EUR')
  await form.getByLabel('Tax, in percent').fill('21')
  await form.getByLabel('Reason, for the record').fill('Agreed with the makers in spring')
  await form.getByRole('button', { name: 'Save the price' }).click()
  await expect(told(page)).toBeVisible()
}

async function putForward(page) {
  await page.goto('/seller/promoted')
  const form = page.locator('form[action="/seller/promoted"]')
  await form.getByLabel('Product').selectOption({ index: 1 })
  await form.getByRole('button', { name: 'Put it forward' }).click()
  await expect(told(page)).toBeVisible()
}

async function payWith(page, code) {
  await page.goto('/checkout/payment')
  const form = page.locator('form[action="/checkout/gift-cards"]')
  await form.getByLabel('Code of a gift card').fill(code)
  await form.getByRole('button', { name: 'Use it' }).click()
  await expect(within(page)).toContainText(code.slice(-4))
}

/** The number of a maker's part of the order that is looked at. */
async function numberOf(page, maker) {
  const part = page.locator('.suborder-head', { hasText: maker })
  return (await part.locator('.one-line').innerText()).trim()
}

/** Where what has arrived is reviewed: reviews hear of it a moment later. */
async function reviewable(page, order) {
  const link = page.getByRole('link', { name: 'Write a review' }).first()
  await expect(async () => {
    await page.goto(order)
    await expect(link).toBeVisible({ timeout: 500 })
  }).toPass()
  return link.getAttribute('href')
}

async function review(page, path) {
  await page.goto(path)
  await page.getByLabel('5 stars · excellent').check()
  await page.getByLabel('What should others know?').fill('It is well made and came well packed.')
  await page.getByRole('button', { name: 'Publish' }).click()
  await expect(told(page)).toContainText('Your review is published')
}

/** Two pieces of a maker on the wish list, which is open then. Says where they are side by side. */
async function wish(page, shop) {
  for (let n = 0; n < 2; n += 1) {
    await page.goto(`/shop/${shop}`)
    await page.locator('.heart button[aria-pressed="false"]').first().click()
    await expect(told(page)).toContainText('wish list')
  }
  await page.goto('/wishlist')
  const boxes = within(page).getByRole('checkbox')
  const ids = [await boxes.nth(0).getAttribute('value'), await boxes.nth(1).getAttribute('value')]
  return `/compare?ids=${ids.join(',')}`
}

/** Goods from a supplier, one article of two. Says article numbers of the shop. */
async function makeGoods(page, found) {
  await page.goto('/seller/stock')
  const codes = (await page.locator('.goods-name .tiny').allInnerTexts()).slice(0, 3)
  await page.goto('/seller/goods/new')
  await page.getByLabel('Supplier (optional)').fill('Arcillas de Bailén')
  await page.getByLabel('Articles').fill(`${codes[0]} 12\n${codes[1]} 6`)
  await page.getByLabel('Note').fill('Call before you come')
  await page.getByRole('button', { name: 'Record it' }).click()
  await expect(told(page)).toContainText('Recorded')
  found.goods = new URL(page.url()).pathname
  return codes
}

/** Where a program of the shop's listens; nobody is there, so a test is on its way for ever. */
async function listenAt(page, found) {
  await page.goto('/seller/webhooks')
  await page.getByLabel('Address').fill('https://hooks.stoa.invalid/in')
  await page.getByLabel('Description').fill('Warehouse')
  await page.getByLabel('Stock running low').check()
  await page.getByRole('button', { name: 'Add the endpoint' }).click()
  await page.goto('/seller/webhooks')
  await page.getByRole('link', { name: 'https://hooks.stoa.invalid/in' }).click()
  found.webhook = new URL(page.url()).pathname
  await page.getByRole('button', { name: 'Send a test' }).click()
  await expect(told(page)).toContainText('on its way')
}

async function compare(page, found, codes) {
  await page.goto('/seller/feeds')
  const text = `sku,units\n${codes[0]},3\n${codes[1]},100000\nNOBODY-KNOWS,5\n${codes[2]},many\n`
  await page.getByLabel('File').setInputFiles({ name: 'warehouse.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })
  await page.getByRole('button', { name: 'Compare' }).click()
  await expect(told(page)).toContainText('Compared')
  found.feed = new URL(page.url()).pathname
}

async function upload(page, found) {
  const choose = async (name, text) => {
    await page.goto('/seller/uploads')
    await page.getByLabel('File').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) })
    await page.getByRole('main').getByRole('button', { name: 'Look at the file' }).click()
    await expect(page).toHaveURL(/seller\/uploads\/./)
    return new URL(page.url()).pathname
  }
  const text = 'title,sku,price,stock\nSmall olive dish,E2E-DISH,12.50,8\nA dish without a price,E2E-NONE,dear,1\nCadmium red jug,E2E-JUG,34,3\n'
  found.upload = await choose('spring.csv', text)
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Rows that need your attention' })).toBeVisible({ timeout: 60_000 })
  found.file = await choose('productos.csv', 'Nombre;Precio de hoy;Existencias;Esmalte\nFuente;19,90;3;celadón\nPlato;caro;1;\n')
  await page.getByRole('button', { name: 'Check the whole file' }).click()
  await expect(page.getByText('Nothing was written.')).toBeVisible({ timeout: 60_000 })
}

async function promote(page) {
  await page.goto('/seller/promotions/new')
  await page.getByLabel('Name').fill('A tenth off for friends')
  await page.getByLabel('Coupon').fill(`FRIENDS-${Date.now().toString(36)}`)
  await page.getByLabel('Share, %').fill('10')
  await page.getByRole('button', { name: 'Create the promotion' }).click()
  await expect(told(page)).toContainText('The promotion is made')
}

async function openWarehouse(page) {
  await page.goto('/seller/warehouses')
  await page.getByText('Open a warehouse').click()
  const form = page.locator('section', { has: page.getByRole('heading', { name: 'Another warehouse' }) })
  await form.getByLabel('Name', { exact: true }).fill('Shop in town')
  await form.getByLabel('Short name').fill(`TOWN-${Date.now().toString(36)}`)
  await form.getByLabel('Province').selectOption('ES-M')
  await form.getByLabel('Postcode').fill('28012')
  await form.getByLabel('Town or city').fill('Madrid')
  await form.getByRole('button', { name: 'Save' }).click()
  await expect(told(page)).toContainText('Saved')
}

async function askToReturn(page, order) {
  await page.goto(order)
  await page.getByText('Return something').click()
  const form = page.locator('form[action$="/returns"]')
  await form.locator('input[type=number]').first().fill('1')
  await form.getByLabel('Why?').selectOption('defective')
  await form.getByLabel('In your own words').fill('The glaze has a crack.')
  await form.getByRole('button', { name: 'Ask for the return' }).click()
  await expect(told(page)).toContainText('The maker has your request')
}
