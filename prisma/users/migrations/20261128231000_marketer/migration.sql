-- Who forms segments of customers and sends campaigns.
ALTER TYPE "role" ADD VALUE 'MARKETER';
