import { ACCOUNTS } from './accounts.js';

const escape = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);

const page = (title: string, body: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)} · Kenri, local development</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 3rem auto; padding: 0 1rem; color: #1c2530; background: #f6f7f9; }
  .mark { background: #7a4b00; color: #fff; padding: .5rem .75rem; border-radius: .25rem; }
  button { font: inherit; display: block; width: 100%; text-align: left; margin: .5rem 0; padding: .75rem 1rem; border: 1px solid #8a94a3; border-radius: .25rem; background: #fff; cursor: pointer; }
  button:hover, button:focus-visible { border-color: #0a4fa3; outline: 2px solid #0a4fa3; }
  small { color: #4d5866; display: block; }
</style>
</head>
<body>
<p class="mark">Local development: anybody on this machine signs in as anybody. ローカル開発用</p>
<main>${body}</main>
</body>
</html>`;

/** The account list; a form without scripts, usable by keyboard. */
export const loginPage = (uid: string) =>
  page(
    'Sign in',
    `<h1>Sign in as …</h1>
<form method="post" action="/interaction/${escape(uid)}">
${ACCOUNTS.map((one) => `<button name="account" value="${one.id}">${escape(one.name)}<small>roles: ${one.roles.join(', ')}</small></button>`).join('\n')}
</form>`,
  );

/** Shown instead of the provider's own pages, which load web fonts. */
export const messagePage = (title: string, text: string) =>
  page(title, `<h1>${escape(title)}</h1><p>${escape(text)}</p>`);

export const logoutPage = (form: string) =>
  page(
    'Sign out',
    `<h1>Sign out?</h1>${form}<button form="op.logoutForm" name="logout" value="yes" autofocus>Sign out</button>`,
  );
