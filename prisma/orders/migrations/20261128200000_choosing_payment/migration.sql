-- In a migration of its own: a new value may be used only once it is committed.
ALTER TYPE "saga_step" ADD VALUE 'CHOOSING_PAYMENT';
