-- Who reads sales reports and forecasts.
ALTER TYPE "role" ADD VALUE 'ANALYST';
