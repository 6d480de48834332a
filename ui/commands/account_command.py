"""`senoscope account`: who may log in to the page, and with which role."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from senoscope.domain.errors import SettingsError
from senoscope.ui.access.accounts import (
    Account,
    accounts_file,
    check_name,
    key_of,
    load_accounts,
    new_account,
    save_accounts,
)
from senoscope.ui.access.roles import Role

account = typer.Typer(
    help="Who may log in to the page. Passwords are asked for, or read from a pipe.",
    no_args_is_help=True,
)
Name = Annotated[str, typer.Argument(help="The account's name.")]


@account.command()
def add(
    name: Name,
    role: Annotated[
        Role,
        typer.Option(
            help="reader: reviews clips, signs studies; operator: sources, exams, recordings; "
            "staff: both; admin: all."
        ),
    ],
) -> None:
    """Add an account; its password is asked for, or read from a pipe."""
    check_name(name)
    path = accounts_file()
    accounts = load_accounts(path)
    if key_of(name) in accounts:
        raise SettingsError(
            f"There is an account {accounts[key_of(name)].name} already. Choose another name, or "
            "change its password by `senoscope account password`."
        )
    added = new_account(name, role, _asked())
    save_accounts([*accounts.values(), added], path)
    typer.echo(f"Added {name}, {role.value}, to {path}.")


@account.command()
def remove(name: Name) -> None:
    """Remove an account; who is logged in by it is logged out."""
    path = accounts_file()
    accounts = load_accounts(path)
    removed = _named(name, accounts)
    save_accounts([each for each in accounts.values() if each != removed], path)
    typer.echo(f"Removed {removed.name}.")
    if len(accounts) == 1:
        typer.echo("No account is left: from the next start the page is for this machine alone.")


@account.command("list")
def list_accounts() -> None:
    """List names and roles."""
    accounts = load_accounts(accounts_file())
    for each in accounts.values():
        typer.echo(f"{each.role.value:10}{each.name}")
    if not accounts:
        typer.echo("No accounts. Add one by `senoscope account add NAME --role admin`.")


@account.command()
def password(name: Name) -> None:
    """Change an account's password; who is logged in by the old one is logged out."""
    path = accounts_file()
    accounts = load_accounts(path)
    changed = _named(name, accounts)
    accounts[key_of(name)] = new_account(changed.name, changed.role, _asked())
    save_accounts(accounts.values(), path)
    typer.echo(f"The password of {changed.name} was changed.")


def _named(name: str, accounts: dict[str, Account]) -> Account:
    if key_of(name) not in accounts:
        raise SettingsError(
            f"There is no account {name}. `senoscope account list` lists those there are."
        )
    return accounts[key_of(name)]


def _asked() -> str:
    """Never an argument: other users of the machine see those, and the shell keeps them."""
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")
