// kafkajs 2.2.4 with what we mend of it. Import it before a client is made; KafkaConnection does.
import './record-headers.js';
import './request-queue.js';
