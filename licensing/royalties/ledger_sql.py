"""The SQL of the ledger: one constant a statement, each safe at READ COMMITTED."""

from sqlalchemy import text

OPEN = text("""
    insert into account (id, currency, party_id, floor_micros, posted_micros, held_micros)
    values (:id, :currency, :party_id, :floor_micros, 0, 0)
    on conflict (id) do nothing
""")

ACCOUNT = text("select currency, party_id, floor_micros from account where id = :id")

# One statement, so that the payer's row is locked as briefly as can be. `payer` locks it and reads
# what it stands at after any wait; the row is changed only when the transfer was really inserted.
# A retry that races its first attempt waits for the same row, and then finds the id taken.
HOLD = text("""
    with payer as (
        select posted_micros - held_micros - floor_micros as free_micros
        from account
        where id = :debit_account and currency = :currency and floor_micros is not null
        for no key update
    ), held as (
        insert into transfer (
            id, kind, debit_account, credit_account, currency, amount_micros, expires_at,
            reference, originator_id, debit_party_id, credit_party_id, effective_at, recorded_at
        )
        select
            :id, 'pending', :debit_account, :credit_account, :currency, :amount_micros, :expires_at,
            :reference, :originator_id, :debit_party_id, :credit_party_id, :effective_at,
            clock_timestamp()
        from payer
        where free_micros >= :amount_micros
        on conflict (id) do nothing
        returning id
    )
    update account set held_micros = held_micros + :amount_micros
    where id = :debit_account and exists (select from held)
""")

FIND = text("""
    select id, kind, debit_account, credit_account, currency, amount_micros, reference
    from transfer where id = any(:ids)
""")

LOCK_BOUNDED = text("""
    select id, posted_micros - held_micros - floor_micros as free_micros
    from account
    where id = any(:ids) and floor_micros is not null
    order by id for no key update
""")

MOVE_BOUNDED = text("""
    update account set posted_micros = posted_micros + :change_micros
    where id = :id
""")

# Whoever settles a pending transfer locks its bounded accounts first. The next one waits here, and
# the statement after this one then sees that it is settled.
LOCK_PENDING = text("""
    select transfer.amount_micros, transfer.expires_at
    from transfer
    join account
        on account.id in (transfer.debit_account, transfer.credit_account)
        and account.floor_micros is not null
    where transfer.id = :hold_id and transfer.kind = 'pending'
    order by account.id for no key update of account
""")

SETTLE = text("""
    with settlement as (
        insert into transfer (
            id, kind, debit_account, credit_account, currency, amount_micros, pending_id,
            reference, originator_id, debit_party_id, credit_party_id, effective_at, recorded_at
        )
        select
            :id, :kind, debit_account, credit_account, currency, :amount_micros, id,
            reference, originator_id, debit_party_id, credit_party_id, :at, clock_timestamp()
        from transfer
        where id = :hold_id
            and not exists (select from transfer as earlier where earlier.pending_id = :hold_id)
        returning debit_account, credit_account
    )
    update account set
        held_micros = held_micros
            - case when account.id = settlement.debit_account then :held_micros else 0 end,
        posted_micros = posted_micros
            + case when account.id = settlement.debit_account then -1 else 1 end * :posted_micros
    from settlement
    where account.id in (settlement.debit_account, settlement.credit_account)
        and account.floor_micros is not null
""")

SETTLEMENT = text("select kind, amount_micros from transfer where pending_id = :hold_id")

DUE = text("""
    select id from transfer
    where kind = 'pending' and expires_at <= :at
        and not exists (select from transfer as settled where settled.pending_id = transfer.id)
    order by expires_at, id limit :limit
""")

BALANCE = text("""
    select account.currency, account.held_micros, case
        when account.floor_micros is not null then account.posted_micros
        else (
            select coalesce(sum(amount_micros), 0) from transfer
            where credit_account = account.id and kind in ('posted', 'post_pending')
        ) - (
            select coalesce(sum(amount_micros), 0) from transfer
            where debit_account = account.id and kind in ('posted', 'post_pending')
        )
    end::bigint as posted_micros
    from account where account.id = :id
""")
