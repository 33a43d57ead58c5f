// The operator's day: who waits to be let in, how an order was paid and its money given back, where the money is.
import { expect, test, stateOf } from '../lib/test.js'
import { DESK, PHONE, fitsItsWidth, told } from '../lib/looks.js'
import { OTHER_SELLER, SELLER, newEmail, openShop } from '../lib/people.js'
import { buy } from '../lib/shopping.js'

const main = (page) => page.getByRole('main')
const figure = (text) => Number(text.replace(/[^\d.]/g, '') || 0)

test.use({ storageState: async ({}, use) => use(stateOf('operator')) })

for (const [name, viewport] of [['at a desk', DESK], ['on a phone', PHONE]]) {
  test.describe(name, () => {
    test.use({ viewport })

    test(`the operator reads how an order was paid, and gives the money back ${name}`, async ({ page, as }) => {
      const buyer = await as()
      const order = await buy(buyer, [SELLER.shop, OTHER_SELLER.shop], newEmail('angry'))
      const number = (await buyer.locator('.order-head h1').innerText()).match(/[\w-]+-[\w]+/)?.[0]

      await page.goto('/operator')
      const parts = page.getByRole('navigation', { name: 'Parts of the workshop' })
      // A phone shows the parts of one group at a time.
      if (viewport === PHONE) await parts.getByRole('link', { name: 'Orders', exact: true }).first().click()
      await parts.getByRole('link', { name: 'Payments' }).click()
      await main(page).getByRole('link', { name: 'Ended' }).click()
      await main(page).locator(`a[href$="${order.split('/')[2]}"]`).click()
      await expect(page.getByRole('heading', { level: 1 })).toContainText(number ?? '-')
      const timeline = page.locator('section', { has: page.getByRole('heading', { name: 'History' }) })
      await expect(timeline).toContainText('Authorise the payment')
      await expect(timeline).toContainText('Capture the payment')
      await expect(timeline).toContainText('Confirm the order')
      await fitsItsWidth(page, 'the payment')

      const undo = page.locator('section', { has: page.getByRole('heading', { name: 'Undo the order' }) })
      await undo.getByLabel('Reason').fill('The buyer rang: both parcels would come too late')
      await undo.getByRole('button', { name: 'Undo the order' }).click()
      await expect(told(page)).toContainText('Undone')
      await expect(timeline).toContainText('undone by hand')
      await expect(timeline).toContainText('The buyer rang')
      // The money goes back by way of the bank.
      const ordered = page.locator('section', { has: page.getByRole('heading', { name: 'What was ordered' }) })
      await expect(async () => {
        await page.reload()
        await expect(ordered.locator('dl.letter-head')).toContainText('Refunded', { timeout: 500 })
      }).toPass()
      await expect(ordered.locator('.tag')).toHaveText(['Cancelled', 'Cancelled'])
      await buyer.goto(order)
      await expect(buyer.locator('.order-head .tag')).toHaveText('Cancelled')
      await expect(main(buyer).locator('.totals')).toContainText('Refunded')
    })
  })
}

test('the books balance', async ({ page }) => {
  await page.goto('/operator/ledger')
  await expect(main(page).getByText('Balanced', { exact: true })).toBeVisible()
  const [debit, credit] = await main(page).locator('tfoot td').allInnerTexts()
  expect(figure(debit)).toBeGreaterThan(0)
  expect(debit).toBe(credit)
})

test('a shop that applied is looked at, and let in when its check-list is settled', async ({ page, as }) => {
  const applicant = await as()
  const shop = await openShop(applicant, newEmail('fair'))
  await page.goto('/operator/shops')
  await main(page).getByRole('link', { name: /^Waiting for approval/ }).first().click()
  await page.getByRole('link', { name: shop }).click()
  await expect(page.getByText('First settle the check-list')).toBeVisible()
  for (const check of ['Identity', 'Bank account', 'Registration of the business']) {
    await page.getByRole('button', { name: new RegExp(`^Waive ?: ${check}`) }).click()
    const line = page.locator('.check-item', { has: page.getByRole('heading', { name: check }) })
    await expect(line.locator('.tag')).toHaveText('Not needed')
  }
  const approve = page.locator('section', { has: page.getByRole('heading', { name: 'Approve' }) })
  await approve.getByLabel('Reason').fill('Known from the fair')
  await approve.getByRole('button', { name: 'Approve' }).click()
  await expect(main(page).locator('.work-head .tag')).toHaveText('Open')
  await applicant.goto('/seller')
  await expect(applicant.getByRole('link', { name: 'See the shop' })).toBeVisible()
})

test('payouts, reconciliation and taxes are in reach', async ({ page }) => {
  await page.goto('/operator')
  const parts = page.getByRole('navigation', { name: 'Parts of the workshop' })
  for (const [part, heading] of [['Payouts', 'Payouts'], ['Reconciliation', 'Reconciliation'], ['Taxes', 'Taxes']]) {
    await parts.getByRole('link', { name: part }).click()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(heading)
  }
})

test('a tax that is refused says why in the language of its page', async ({ page }) => {
  await page.goto('/operator/taxes')
  await page.getByRole('button', { name: 'Español' }).click()
  await page.getByText('Una región', { exact: true }).click()
  const form = page.locator('form[action$="/regions"]')
  await form.getByLabel('Nombre').fill('Lejos')
  await form.locator('[name=code]').fill('no es un código')
  await form.locator('[name=note]').fill('prueba')
  await form.getByRole('button').click()
  await expect(main(page)).not.toContainText(/Give |Write |There is|must/)
  await expect(form.locator('[name=code]')).toHaveAttribute('aria-invalid', 'true')
  await expect(form.locator('[name=name]')).toHaveValue('Lejos')
})
