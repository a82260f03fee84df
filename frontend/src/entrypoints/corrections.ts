import "../styles/corrections.css";
