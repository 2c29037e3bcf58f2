-- In a migration of its own: a new value may be used only once it is committed.
ALTER TYPE "saga_step" ADD VALUE 'AUTHORIZING';
ALTER TYPE "saga_step" ADD VALUE 'CAPTURING';
ALTER TYPE "saga_step" ADD VALUE 'ARRANGING';
ALTER TYPE "saga_step" ADD VALUE 'DELIVERING';
ALTER TYPE "saga_step" ADD VALUE 'RECALLING';
ALTER TYPE "saga_step" ADD VALUE 'UNDOING';
