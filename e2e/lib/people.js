// Who goes about their business here, and how they come in.
import { expect } from '@playwright/test'

/** Of every account of the demo, and of those that the tests make. */
export const PASSWORD = 'Colonnade-2026'

export const OPERATOR = 'operator@stoa.example'
export const SELLER = { email: 'melchor@alfareria-tres-hornos.example', shop: 'alfareria-tres-hornos', name: 'Alfarería Tres Hornos' }
export const OTHER_SELLER = { email: 'carmen@azulejos-del-tajo.example', shop: 'azulejos-del-tajo', name: 'Azulejos del Tajo' }
/** Somebody with orders of months. */
export const BUYER = 'etienne.lefevre1@post.example'

/** An address that nobody had before. */
export const newEmail = (name) => `${name}.${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}@post.example`

export async function signIn(page, email) {
  await page.goto('/sign-in')
  const form = page.getByRole('main')
  await form.getByLabel('E-mail address').fill(email)
  await form.getByLabel('Password').fill(PASSWORD)
  await form.getByRole('button', { name: 'Sign in' }).click()
  await expect(page).not.toHaveURL(/sign-in/)
}

export async function register(page, name, email) {
  await page.goto('/register')
  const form = page.getByRole('main')
  await form.getByLabel('Full name').fill(name)
  await form.getByLabel('E-mail address').fill(email)
  await form.getByLabel('Password').fill(PASSWORD)
  await form.getByRole('button', { name: 'Create account' }).click()
  await expect(page).not.toHaveURL(/register/)
}

/** Applies for a shop of one's own; says its name. */
export async function openShop(page, email) {
  await page.goto('/open-a-shop')
  const form = page.getByRole('main')
  const name = `Taller ${email.split('@')[0]}`
  await form.getByLabel('Name of the shop').fill(name)
  await form.getByLabel('Country').selectOption('ES')
  await form.getByLabel('Province').selectOption('ES-TE')
  await form.getByLabel('Postcode').fill('44001')
  await form.getByLabel('Town or city').fill('Teruel')
  await form.getByLabel('Full name').fill('Pilar Gimeno')
  await form.getByLabel('E-mail address').fill(email)
  await form.getByLabel('Password').fill(PASSWORD)
  await form.getByRole('button', { name: 'Open the shop' }).click()
  await expect(page).toHaveURL(/\/seller/)
  return name
}

/** The newest mail to an address with a link in it; says the link, and stays on the mail's page. */
export async function linkOfMail(page, to, path) {
  // Mails are sent by a job a moment later.
  await expect(async () => {
    await page.goto(`/dev/mail?to=${encodeURIComponent(to)}`)
    const mails = await page.getByRole('main').locator('a[href^="/dev/mail/"]').evaluateAll((links) => links.slice(0, 5).map((link) => link.getAttribute('href')))
    for (const mail of mails) {
      await page.goto(mail)
      if ((await page.getByRole('main').innerText()).includes(path)) return
    }
    throw new Error(`No mail to ${to} has a link to ${path} yet.`)
  }).toPass({ timeout: 60_000 })
  const text = await page.getByRole('main').innerText()
  return text.match(new RegExp(`${path.replace('?', '\\?')}\\S+`))[0]
}
